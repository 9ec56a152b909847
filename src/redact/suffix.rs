//! The last words of an address's parts: what 区, 路, 小区 and 单元 make of the name or number before them.

use super::page::Page;

/// A part of an address.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Province,
    City,
    District,
    Town,
    Road,
    /// Where people live or work together: 村, 小区, 大厦, 工业区.
    Estate,
    /// A market, a firm: many have it, so it finds nobody.
    Site,
    /// A number that many things have too: 3号, 2楼.
    Number,
    /// A number that only houses have: 3栋, 2单元, 501室.
    Room,
}

/// The longest word first where one begins another.
const WORDS: [(&str, Part); 120] = [
    ("维吾尔自治区", Part::Province),
    ("壮族自治区", Part::Province),
    ("回族自治区", Part::Province),
    ("特别行政区", Part::Province),
    ("自治区", Part::Province),
    ("自治州", Part::City),
    ("自治县", Part::District),
    ("省道", Part::Road),
    ("省", Part::Province),
    ("市场", Part::Site),
    ("市", Part::City),
    ("地区", Part::City),
    ("经济技术开发区", Part::District),
    ("经济开发区", Part::District),
    ("高新技术开发区", Part::District),
    ("开发区", Part::District),
    ("高新区", Part::District),
    ("新区", Part::District),
    ("小区", Part::Estate),
    ("社区", Part::Estate),
    ("工业区", Part::Estate),
    ("园区", Part::Estate),
    ("区", Part::District),
    ("县道", Part::Road),
    ("县", Part::District),
    ("旗", Part::District),
    ("镇", Part::Town),
    ("乡", Part::Town),
    ("街道办", Part::Town),
    ("街道", Part::Town),
    ("苏木", Part::Town),
    ("大街", Part::Road),
    ("步行街", Part::Road),
    ("街", Part::Road),
    ("大道", Part::Road),
    ("国道", Part::Road),
    ("公路", Part::Road),
    ("路", Part::Road),
    ("胡同", Part::Road),
    ("巷", Part::Road),
    ("弄堂", Part::Road),
    ("里弄", Part::Road),
    ("新村", Part::Estate),
    ("村委会", Part::Estate),
    ("村", Part::Estate),
    ("屯", Part::Estate),
    ("花园", Part::Estate),
    ("花苑", Part::Estate),
    ("家园", Part::Estate),
    ("家苑", Part::Estate),
    ("嘉园", Part::Estate),
    ("嘉苑", Part::Estate),
    ("佳苑", Part::Estate),
    ("雅苑", Part::Estate),
    ("名苑", Part::Estate),
    ("公馆", Part::Estate),
    ("公寓", Part::Estate),
    ("华府", Part::Estate),
    ("华庭", Part::Estate),
    ("豪庭", Part::Estate),
    ("名邸", Part::Estate),
    ("山庄", Part::Estate),
    ("别墅", Part::Estate),
    ("大厦", Part::Estate),
    ("大楼", Part::Estate),
    ("写字楼", Part::Estate),
    ("宿舍", Part::Estate),
    ("广场", Part::Estate),
    ("工业园", Part::Estate),
    ("产业园", Part::Estate),
    ("科技园", Part::Estate),
    ("创业园", Part::Estate),
    ("创意园", Part::Estate),
    ("物流园", Part::Estate),
    ("软件园", Part::Estate),
    ("电商园", Part::Estate),
    ("孵化器", Part::Estate),
    ("孵化园", Part::Estate),
    ("基地", Part::Estate),
    ("园", Part::Estate),
    ("大院", Part::Estate),
    ("苑", Part::Estate),
    ("商贸城", Part::Site),
    ("批发城", Part::Site),
    ("服装城", Part::Site),
    ("商城", Part::Site),
    ("驿站", Part::Site),
    ("仓库", Part::Site),
    ("公司", Part::Site),
    ("厂房", Part::Site),
    ("大学", Part::Site),
    ("学院", Part::Site),
    ("中学", Part::Site),
    ("小学", Part::Site),
    ("医院", Part::Site),
    ("酒店", Part::Site),
    ("宾馆", Part::Site),
    ("超市", Part::Site),
    ("中心", Part::Site),
    ("城", Part::Site),
    ("号楼", Part::Room),
    ("号院", Part::Room),
    ("号大院", Part::Room),
    ("号门面", Part::Room),
    ("号铺", Part::Room),
    ("号商铺", Part::Room),
    ("号档", Part::Room),
    ("号房", Part::Room),
    ("号库", Part::Room),
    ("号", Part::Number),
    ("弄", Part::Room),
    ("栋", Part::Room),
    ("幢", Part::Room),
    ("单元", Part::Room),
    ("座", Part::Number),
    ("室", Part::Room),
    ("楼", Part::Number),
    ("层", Part::Number),
    ("组", Part::Number),
    ("队", Part::Number),
];

/// Words that only begin like a part's end: 市价, 路上.
const NOT: [&str; 40] = [
    "市价", "市面", "市区", "市民", "区别", "区分", "区域", "路上", "路过", "路线", "路由", "路费", "街拍", "镇店",
    "乡下", "村民", "县城", "省钱", "省心", "省事", "省内", "省外", "省点", "省得", "号码", "号货", "号色", "号袋",
    "号电", "层板", "层纸", "组合", "座椅", "座套", "楼上", "楼下", "旗舰", "旗下", "城市", "室内",
];

/// The part's word that begins at a place, and its length.
pub(super) fn at(page: &Page, at: usize) -> Option<(usize, Part)> {
    let c = page.at(at);
    if !HEADS.contains(c) {
        return None;
    }
    if NOT.iter().any(|word| page.starts(at, word)) {
        return None;
    }
    let fits = WORDS.iter().filter(|(word, _)| page.starts(at, word));
    fits.max_by_key(|(word, _)| word.len()).map(|(word, part)| (word.chars().count(), *part))
}

/// Every character that begins a part's word: most of a text is none of them.
const HEADS: &str = "维壮回特自省市地经高开新小社工园区县旗镇乡街苏大步国公路胡巷弄里村屯花家嘉佳雅名华豪山别写宿广产科创物软电苑商批服驿仓厂学孵基中医酒宾超城号栋幢单座室楼层组队";
