//! Words that say what the number behind them is.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::digits::digit;
use super::page::Page;

/// What a number is said to be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    Phone,
    Identity,
    Passport,
    Card,
    /// An account of a messenger.
    Account,
    /// An order, a waybill, an article, a tax number: no person's.
    Code,
    /// A carrier's name: a waybill may follow, or whom to call.
    Carrier,
}

/// The nearest cue before a number.
#[derive(Clone, Copy)]
pub(super) struct Cue {
    pub(super) topic: Topic,
    /// Nothing but signs and words like 是 stands between.
    pub(super) direct: bool,
}

/// Cells before a number that are looked at.
const REACH: usize = 16;

const PHONE: &str = "电话 手机 手机号 座机 固话 联系方式 联系号码 联系我 联系 号码 打给 拨打 拨 致电 短信 传真 热线 来电 回电 电联 机号 手機 電話 tel phone mobile call 呼叫 打我 sj dh ☎ 📞 📱 ☏ 📲";
const IDENTITY: &str = "身份证 身份证号 身份證 证件号 证件号码 证号 身份号 身份信息 实名 sfz 份证 id证";
const PASSPORT: &str = "护照 护照号 通行证 护照号码 通行证号 台胞证 回乡证";
const CARD: &str = "卡号 银行卡 储蓄卡 信用卡 借记卡 银行 账号 帐号 账户 帐户 打款 汇款 转账 收款 打到 打钱 转到 汇到 退到 退款到 打进 存到 工行 农行 建行 中行 交行 招行 邮储 信用社 农商行 民生 兴业 浦发 这张卡 此卡 卡上 卡里 的卡 我卡 卡 yhk 对公";
const ACCOUNT: &str = "qq 扣扣 企鹅 微信 薇信 威信 vx wx 加v 支付宝 球球";
const CODE: &str = "订单 订单号 订单号码 单号 单号码 运单 运单号码 面单 快递单 快递号 物流单 物流号 货号 款号 编号 条码 条形码 商品码 商品编码 sku spu offer offerid offer_id 商品id itemid item 型号 批号 批次 税号 信用代码 识别号 流水 流水号 交易号 凭证号 合同号 发票号 发票号码 发票代码 时间戳 timestamp 版本 版本号 序列号 取件码 提货码 验证码 单子 色号 规格 尺寸 编码 注册号 执照 执照号 许可证 备案号 order no. orderid order_id 订单id 这单 那单 支付号 支付单 id 会员号 圆周率 坐标 经度 纬度 ean upc 69码 商家编码 机器码 防伪码 批文";
const CARRIER: &str = "快递 物流 顺丰 中通 圆通 韵达 申通 极兔 邮政 ems 德邦 京东 百世 天天 丹鸟 跨越 安能 货运";
/// What may stand between a cue and its number.
const GLUE: &str = " ::#=是为号码的()[]【】“”\"'「」no.即尾叫给填写改成一下我/在到_-~→>我这个";

/// Cues by their last character, each backwards and in full.
type Cues = HashMap<char, Vec<(Vec<char>, Topic)>>;

fn words() -> &'static Cues {
    static WORDS: LazyLock<Cues> = LazyLock::new(|| {
        let topics = [
            (Topic::Phone, PHONE),
            (Topic::Identity, IDENTITY),
            (Topic::Passport, PASSPORT),
            (Topic::Card, CARD),
            (Topic::Account, ACCOUNT),
            (Topic::Code, CODE),
            (Topic::Carrier, CARRIER),
        ];
        let mut words = Cues::new();
        for (topic, list) in topics {
            for word in list.split(' ') {
                let backwards: Vec<char> = word.chars().rev().collect();
                words.entry(backwards[0]).or_default().push((backwards, topic));
            }
        }
        // The longest wins: 订单号码 is an order's, although 号码 alone is a phone's.
        words.values_mut().for_each(|list| list.sort_by_key(|(word, _)| std::cmp::Reverse(word.len())));
        words
    });
    &WORDS
}

/// The nearest cue before a place. Other numbers end the look: what they are is no news about this one.
pub(super) fn before(page: &Page, at: usize) -> Option<Cue> {
    let mut direct = true;
    for place in (at.saturating_sub(REACH)..at).rev() {
        if let Some(topic) = ends_here(page, place + 1) {
            return Some(Cue { topic, direct });
        }
        let c = page.at(place);
        if digit(c).is_some_and(|_| c.is_numeric()) || c == '\n' || c == super::page::CLOSED || page.is_taken(place) {
            return None;
        }
        direct &= GLUE.contains(c.to_ascii_lowercase());
    }
    None
}

fn ends_here(page: &Page, end: usize) -> Option<Topic> {
    let list = words().get(&page.before(end).to_ascii_lowercase())?;
    let fits = |word: &[char]| {
        let begin = end.checked_sub(word.len())?;
        let same = word.iter().enumerate().all(|(step, c)| page.at(end - 1 - step).to_ascii_lowercase() == *c);
        // A Latin cue is a word of its own: no `id` in `solid`.
        let whole = !word[word.len() - 1].is_ascii_alphabetic() || !page.before(begin).is_ascii_alphabetic();
        (same && whole).then_some(())
    };
    list.iter().find(|(word, _)| fits(word).is_some()).map(|(_, topic)| *topic)
}

/// Whether an order is named right behind a number: 4012…这个订单.
pub(super) fn order_follows(page: &Page, at: usize) -> bool {
    let apart = (at..at + 5).take_while(|at| " ,，的这个那()".contains(page.at(*at))).count();
    let names = |at: usize| ["订单", "单", "运单", "货号", "款"].iter().any(|word| page.starts(at, word));
    (at..=at + apart).any(names)
}

/// Whether a unit of goods or money follows a number.
pub(super) fn unit_follows(page: &Page, at: usize) -> bool {
    let at = if page.at(at) == ' ' { at + 1 } else { at };
    "元块件个箱套双条包米张台只码斤吨万天分cm㎝mmkg克寸色折支本盒对".contains(page.at(at)) && page.at(at) != '\n'
}
