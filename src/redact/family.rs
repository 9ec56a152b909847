//! Family names, and the words that only begin like somebody's.

use std::sync::LazyLock;

use super::page::{Page, is_han};
use crate::lexicon::Lexicon;

/// Family names of one character; those that are mostly something else in a sentence are left out.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于余蒋蔡杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫柏宗瞿桂佟应臧闵苟邬卞姬师仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩佘池麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储栗燕楚鄢劳谌奚皮粟冼蔺盘闻厉伊仝郜海阚花帅屠豆朴盖练廉禹祖漆巴丰支卿狄平索宣晋云容扈晁芮阙浦戈伏鹿薄邸雍辜羊母裘亓修邰赫杭况宿鲜印逯隆茹战慕危玉银嵇湛宾戎揭尉冶檀衣展阴昝智幸植衡富尧";
const DOUBLE: [&str; 24] = [
    "欧阳", "上官", "司马", "诸葛", "司徒", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "长孙", "宇文", "端木",
    "南宫", "夏侯", "西门", "独孤", "呼延", "轩辕", "钟离", "闻人", "申屠", "澹台",
];
/// What no given name has in it.
const NEVER: &str = "的了是吗呢吧啊我你您他她它们这那请烦没不货件号单款价钱个箱套条色码电话手机址省市区县街收寄送到在给要买卖退换付快递订客户店厂什怎么多少下跟或还说看问做把让被从过着很最只叫姓微质量版样型旧谢";
/// Words of the trade that begin with a family name.
const WORDS: &str = "商家 章刻 方便 高清 黄色 金色 白色 蓝色 银色 花色 麻色 栗色 成交 成本 成品 成熟 平台 平时 平常 平均 平邮 安全 安排 安装 包邮 包装 包括 石材 马上 温馨 尚未 单独 单价 单色 易碎 易拉 方式 于是 万一 连接 连锁 向来 施工 施肥 文件 盘点 管理 白天 应该 季节 支持 支付 金额 海外 居家 高档 高端 高级 高贵 古风 古典 乐意 华南 华东 党员 关于 关注 关系 路过 农村 农民 严格 严重 冷藏 游客 房间 解决 司机 师傅 荣誉 富贵 丰富 车间 车厂 毛重 毛巾 牛仔 牛皮 龙头 云南 江苏 海南 广东 云仓 同上 随便 如下 如图 保密 匿名 以下 上面 前台 门卫 保安 仓管 财务 本人 老板 信息 时间 经理 资料";

/// The length of the family name that begins at a place.
pub(super) fn surname(page: &Page, at: usize) -> Option<usize> {
    static NAMES: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::plain(singly(SURNAMES).chain(DOUBLE)));
    page.word(at, &NAMES).map(|(length, ())| length)
}

/// Whether a free character may be part of a given name.
pub(super) fn given(page: &Page, at: usize) -> bool {
    static NONE: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::plain(singly(NEVER)));
    is_han(page.at(at)) && page.word(at, &NONE).is_none() && !page.is_taken(at)
}

/// Whether a word of the trade begins at a place.
pub(super) fn common(page: &Page, at: usize) -> bool {
    static COMMON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::plain(WORDS.split(' ')));
    page.word(at, &COMMON).is_some()
}

/// Each character of a text as a word of its own.
pub(super) fn singly(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.char_indices().map(|(at, c)| &text[at..at + c.len_utf8()])
}
