//! Addresses: places within places, ended by a number of a house or a room. A mere town is none.

use std::sync::LazyLock;

use regex::Regex;

use super::plain::Plain;
use super::{Found, Kind};

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    let gap = r"[ ,，、/·-]{0,3}";
    let number = r"[A-Za-z]?[0-9一二三四五六七八九十百零〇两壹贰叁肆伍陆柒捌玖]{1,6}(?:-[0-9A-Za-z]{1,5}){0,3}";
    let region = r"\p{Han}{1,8}?(?:特别行政区|自治区|自治州|省|市|区|县|州|盟|旗)";
    let town = r"(?:北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|台湾)";
    let place = r"[\p{Han}A-Za-z0-9]{1,12}?(?:街道办?|大街|大道|胡同|工业园区?|工业区|产业园|科技园|创业园|物流园|开发区|保税区|新村|社区|小区|花园|公寓|大厦|广场|市场|商贸城|商城|家园|名城|豪庭|国际城|城|苑|庭|湾|府|里|坊|村|镇|乡|屯|路|街|道|巷|弄|园|宿舍|学校|大学|医院)(?:[0-9一二三四五六七八九十东西南北中]{1,2}段)?";
    let house = format!(
        r"(?:{number}\s?(?:号楼|号院|号铺|号|弄|栋|幢|座|单元|室|楼|层|铺|档口|组|房|户|期|区|门|队|排)|[东西南北]?[A-Za-z]\s?(?:栋|座|幢|区|楼|馆|单元))"
    );
    let tail = format!(r"(?:{gap}(?:{house}|{number}(?:室|房|号)?|[A-Za-z]?[0-9]{{2,5}}))");
    let full = format!(
        r"(?:{town}{gap})?(?:{region}{gap}){{0,4}}(?:{place}{gap}){{1,4}}{house}{tail}{{0,6}}|(?:{region}{gap}){{1,4}}{house}{tail}{{1,6}}|(?:{town}{gap})?(?:{region}{gap}){{2,4}}{place}(?:{gap}{place}){{0,2}}"
    );
    Regex::new(&full).expect("a pattern that a test uses")
});

/// Words before an address that its first place name must not swallow; longer ones first where one ends like another.
const LEADS: [&str; 38] = [
    "收货地址",
    "收件地址",
    "地址改成",
    "地址改为",
    "地址改到",
    "地址换成",
    "寄到",
    "发到",
    "送到",
    "发往",
    "寄往",
    "发去",
    "寄去",
    "改到",
    "改成",
    "改为",
    "换成",
    "换到",
    "地址",
    "住在",
    "填",
    "写",
    "就是",
    "是",
    "在",
    "到",
    "住",
    "请",
    "麻烦",
    "给",
    "往",
    "发",
    "寄",
    "送",
    "我家",
    "公司",
    "仓库",
    "我",
];

pub(super) fn find(plain: &Plain) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for piece in ADDRESS.find_iter(&plain.text) {
        let mut text = piece.as_str();
        // What leads up to an address stands before its first place, within the letters that this one took along.
        let head = text.char_indices().nth(12).map_or(text.len(), |(at, _)| at);
        let cut = LEADS.iter().filter_map(|lead| text[..head].rfind(lead).map(|at| at + lead.len())).max().unwrap_or(0);
        if text[cut..].chars().count() >= 5 {
            text = &text[cut..];
        }
        text = text.trim_start_matches([' ', ',', '，', '、', '/', '·', '-', '的', ':']);
        let start = piece.end() - text.len();
        if text.chars().count() >= 5 {
            let (start, end) = (plain.place_of(start), plain.place_of(piece.end()));
            // Two pieces with nothing between them are one place.
            match found.last_mut() {
                Some(Found { end: last, .. }) if start <= *last + 1 => *last = end,
                _ => found.push(Found { kind: Kind::Address, start, end }),
            }
        }
    }
    found
}
