//! Names of people, where a word or a phone beside them says that they are one. Without either a name is a word like any other.

use std::sync::LazyLock;

use regex::Regex;

use super::plain::Plain;
use super::{Found, Kind};

const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝";

const TWO: &str = "欧阳|上官|司马|诸葛|端木|皇甫|尉迟|公孙|令狐|夏侯|东方|慕容";

static CUED: LazyLock<Regex> = LazyLock::new(|| {
    let cue = r"(?:收件人|收货人|联系人|签收人|收款人|户名|姓名|名字|我叫|本人叫|，叫|,叫|我是|叫我|找|联系|给|转告)";
    let titled = r"(?:先生|女士|小姐|老板娘|老板|师傅|经理|阿姨|大姐|大哥)";
    Regex::new(&format!(
        r"{cue}(?:叫|是|为|:|\s){{0,3}}(?P<named>(?:{TWO}|[{SURNAMES}])\p{{Han}}{{1,2}}?)(?P<after>{titled}|收|$|[^\p{{Han}}]|电话|手机|的|，|。)|(?P<titled>(?:{TWO}|[{SURNAMES}])\p{{Han}}{{0,2}}?){titled}"
    ))
    .expect("a pattern that a test uses")
});

/// What only looks like a surname with a title.
const NO_NAMES: [&str; 8] = ["和", "于", "时", "成", "应", "给", "和老", "于老"];

pub(super) fn find(plain: &Plain, phones: &[Found]) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for captured in CUED.captures_iter(&plain.text) {
        let cued = captured.name("named").map(|name| (name, true)).filter(|(name, _)| strong(&captured, name.as_str()));
        let titled = captured.name("titled").map(|name| (name, false));
        let Some((name, _)) = cued.or(titled) else { continue };
        let start = plain.place_of(name.start());
        let begins = start == 0
            || !plain.chars[start - 1].is_alphabetic()
            || captured.name("named").is_some()
            || led(plain, start);
        if begins && !NO_NAMES.contains(&name.as_str()) {
            found.push(Found { kind: Kind::Name, start, end: plain.place_of(name.end()) });
        }
    }
    found.extend(phones.iter().flat_map(|phone| beside(plain, phone)));
    found
}

/// 找, 给 and 联系 stand before many words: only with a title behind is what follows a name.
fn strong(captured: &regex::Captures<'_>, _name: &str) -> bool {
    let whole = captured.get(0).map_or("", |whole| whole.as_str());
    let weak =
        ["找", "联系", "给", "转告", "我是"].iter().any(|cue| whole.starts_with(cue)) && !whole.starts_with("联系人");
    let after = captured.name("after").map_or("", |after| after.as_str());
    !weak || after.chars().count() > 1 || whole.starts_with("我是")
}

fn led(plain: &Plain, start: usize) -> bool {
    let before = plain.before(start, 3);
    ["找", "给", "叫", "是", "问", "联系", "，", "让", "请", "和", "跟", "的"].iter().any(|lead| before.ends_with(lead))
}

/// A name of two or three letters beside a phone: 张三 138…, 138… 张三.
fn beside(plain: &Plain, phone: &Found) -> Vec<Found> {
    let chars = &plain.chars;
    let soft = |c: char| " ,，、;；:/-".contains(c);
    let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let mut found = Vec::new();
    let mut end = phone.start;
    while end > 0 && phone.start - end < 3 && soft(chars[end - 1]) {
        end -= 1;
    }
    let run = chars[..end].iter().rev().take(4).take_while(|c| han(**c)).count();
    if (2..=3).contains(&run) && SURNAMES.contains(chars[end - run]) && !common(&chars[end - run..end]) {
        found.push(Found { kind: Kind::Name, start: end - run, end });
    }
    let mut start = phone.end;
    while start < chars.len() && start - phone.end < 3 && soft(chars[start]) {
        start += 1;
    }
    let run = chars[start..].iter().take(4).take_while(|c| han(**c)).count();
    if (2..=3).contains(&run) && SURNAMES.contains(chars[start]) && !common(&chars[start..start + run]) {
        found.push(Found { kind: Kind::Name, start, end: start + run });
    }
    found
}

/// Words that begin like a name and stand beside phones.
fn common(word: &[char]) -> bool {
    let word: String = word.iter().collect();
    [
        "谢谢",
        "方便",
        "万一",
        "时候",
        "成功",
        "包邮",
        "明天",
        "单号",
        "常用",
        "全部",
        "和电话",
        "关于",
        "文字",
        "时间",
        "易碎",
        "安排",
        "成交",
        "应该",
    ]
    .iter()
    .any(|common| word.starts_with(common))
        || word.ends_with("电话")
        || word.ends_with("手机")
        || word.ends_with("号")
}
