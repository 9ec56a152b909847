//! Lists of words that the checks know. Words only: what they mean is decided where they are used.

use std::sync::LazyLock;

/// Words, longer ones first: one may begin with another.
pub(super) type Words = LazyLock<Vec<&'static str>>;

fn words(list: &'static str) -> Vec<&'static str> {
    let mut words: Vec<&str> = list.split_whitespace().collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words
}

/// Measure words and units that make the numeral before them a quantity.
pub(super) static UNITS: Words = LazyLock::new(|| {
    words(
        "\
     个百分点 百分点 平方米 立方米 厘米 毫米 公分 公里 公斤 千克 毫升 小时 分钟 个月 星期 万元 亿元 万人 万件 万单
     像素 单位 个 件 单 笔 人 位 名 家 次 天 日 周 月 年 季 秒 分 元 块 角 毛 万 亿 成 倍 折 款 种 类 条 项 箱 包 袋
     盒 瓶 只 支 套 对 双 台 张 片 批 组 层 级 档 页 卷 米 克 斤 吨 升 寸 码 岁 点 度 番 场 起 排 号 口 遍 趟 栏 列
     代 步 字 杯 桶 罐 颗 粒 枚 把 根 块钱 星 环 色 孔 格 路 期 轮 回 句 门 亩 株 车 辆 %",
    )
});

/// Words that only look like numbers.
pub(super) static HARMLESS: Words = LazyLock::new(|| {
    words(
        "\
     一件代发 一件事 一键 一些 一起 一直 一样 一致 一旦 一边 一同 一并 一律 一贯 一向 一再 一切 一下 一点 一会 一面 一方面
     一般 一定 一步 一时 一手 一口价 一站式 一对一 一条龙 一体 一线 一流 一环扣一环 一眼 一目了然 一清二楚 一如既往
     一旁 一经 一心一意 一系列 一揽子 一次性 一早 一概 一应 一味 一来 一道 一举两得 统一 唯一 单一 专一 同一 之一
     万一 其一 逐一 一一 另一 每一 任一 某一 这一 那一 该一 哪一 上一 下一 前一 后一 第一步 第二步 第三步 第四步
     第一时间 第一手 第三方 十分 千万别 千万不 千万要 千万注意 万能 万用 万无一失 千篇一律 千家万户 五花八门
     四面八方 三心二意 两全其美 事半功倍 双十一 双十二 五一节 五一假 五一期间 五一大促 六一八 三八节 六一节
     十一黄金周 十一假期 十一期间 周一 周二 周三 周四 周五 周六 星期一 星期二 星期三 星期四 星期五 星期六 半成品
     半托管 半自动 半夜 几乎 百货 百搭 千层 五金 三包 三无 四季 五星 三通一达 两者 两边 两端 二次确认 二次加工
     二维码 二手 三方 七天无理由",
    )
});

/// Letters after 零 that make it no nought: 零售, 零食.
pub(super) const NOT_NOUGHT: &str = "售食件钱配散星碎部头工";

/// Letters before a bare numeral that make it a claim all the same: 买一送一, 前三, 上百.
pub(super) const CLAIMING: &str = "第约近超逾达共仅满买送赠减打享破上成过数好前计值余距";

/// Shares, multiples and ranks that no fact can carry.
pub(super) static SHARES: Words = LazyLock::new(|| {
    words(
        "\
     百分 百份 分之 倍 翻番 翻了 过半 超半 近半 半数 大半 小半 减半 折半 对半 半壁 腰斩 大部分 大多数 绝大 多数 少数
     占比过 第一名 榜首 居首 首位 垫底 冠军 领跑 新高 新低 史上 有史以来 最高 最低 最多 最少 最大 最小 数十 数百
     数千 数万 数次 数日 数天 数单 数笔 数件 数位 好几 寥寥 无数 收窄 增速 降速 降幅扩大 跌幅扩大 涨幅扩大 增幅扩大
     % ‰ ℅ 前列 前茅 多半 居多 榜单 位数 夺冠 数一数二 首屈一指 之最 最差 创纪录 破纪录 刷新纪录 创记录 破记录
     刷新记录 峰值 谷底 高位 低位 触底 见顶 探底 成倍 对折 大头 遥遥领先 之首 翻一番 占了多",
    )
});

/// What looks like one of [`SHARES`] and is none.
pub(super) static NOT_SHARES: Words = LazyLock::new(|| {
    words(
        "\
     加倍努力 事半功倍 倍感 最大限度 最大化 最小起订 最低起订 无数据 半数据 首位置",
    )
});

/// How a change goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Up,
    Down,
    Flat,
    /// Better or worse: which way that is depends on the figure.
    Either,
}

/// Words that claim a change, longer ones first.
pub(super) static WAYS: LazyLock<Vec<(&'static str, Way)>> = LazyLock::new(|| {
    let lists = [(UP, Way::Up), (DOWN, Way::Down), (FLAT, Way::Flat), (EITHER, Way::Either)];
    let mut ways: Vec<_> =
        lists.into_iter().flat_map(|(list, way)| words(list).into_iter().map(move |word| (word, way))).collect();
    ways.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    ways
});

const UP: &str = "\
     高于 超过 超出 多于 大于 胜过 高出 多出 上升 上涨 增长 增加 增多 提升 回升 攀升 飙升 升高 提高 走高 走强 上行
     上扬 更高 更多 变多 变高 变大 高了 多了 高过 多过 大过 胜出 大涨 激增 猛增 新增了 扩大 ▲ ↑ 增 升 涨 漲";
const DOWN: &str = "\
     不及 不如 低于 少于 小于 下降 下跌 减少 骤降 暴跌 降低 压低 走低 走弱 下行 下滑 下探 下挫 滑落 滑坡 回落 萎缩
     缩水 缩小 更低 更少 变少 变低 变小 低了 少了 低过 少过 下调 骤减 锐减 流失 缩减 ▼ ↓ 减 減 降 跌";
const FLAT: &str = "\
     没有变化 无变化 没变 未变 不变 持平 打平 差不多 相仿 相近 相当于 变化不大 没什么变化";
const EITHER: &str = "\
     改善 好转 转好 转差 恶化 变好 变差 回暖 疲软 优于 好于 差于 强于 弱于 逊于 向好 起色 转暖 好过 差过 走好 胜于";

/// Words with a letter of [`WAYS`] or [`COMPARES`] in them that claim no change.
pub(super) static NO_CHANGE: Words = LazyLock::new(|| {
    words(
        "\
     升级 降级 掉级 增值 新增 增补 增设 降价 涨价 提价 减免 满减 立减 减价 升降 涨跌 增减 加减 生意加速 增长点
     增长空间 提升空间 上升空间 增强 增进 增高 升温 降温 降噪 减震 减压 晋升 升档 降档 毫升 公升 占比较 较大的
     较小的 较高的 较低的 较多的 较少的 较长的 较快的 较好的 比如 比例 占比 比较 性价比 对比图 比价 比率 好比 计较
     较为 比重 相比之下",
    )
});

/// Words that claim a comparison.
pub(super) static COMPARES: Words = LazyLock::new(|| {
    words(
        "\
     同比 环比 相比 对比 领先 落后 较 比 跑赢 跑输 赢过 输给 追平 反超 赶超",
    )
});

/// Words before a change that deny it.
pub(super) static DENIALS: Words = LazyLock::new(|| {
    words(
        "\
     没有 没 未 不 无 不再 并未 未见 不见 未能 尚未 未有 没有出现 未出现 不是 并非 并不是 谈不上 算不上 不算 绝非 从未 毫无 不曾 未曾 没怎么 没有任何 说不上 称不上",
    )
});

/// Words before a change that tell of a run of days, which no single fact carries.
pub(super) static TRENDS: Words = LazyLock::new(|| {
    words(
        "\
     连续 持续 一路 不断 逐日 逐周 逐月 屡次 再次 再度 继续 稳步 逐渐 逐步 日渐 日益 越来越 接连 一直 节节 连日 连年 又一次 多日 几度",
    )
});

/// Words after which a change is something to bring about, not something that happened.
pub(super) static ADVICE: Words = LazyLock::new(|| {
    words(
        "\
     建议 请 应当 应尽 需要 争取 尝试 不妨 考虑 避免 防止 以便 有助于 优先 尽快 及时 通过 如果 假如 一旦 若 目标
     有望",
    )
});

/// Words that turn advice into a claim again: whoever is told to look at a fall is told that there is one.
pub(super) static NOTICING: Words = LazyLock::new(|| {
    words(
        "\
     关注 注意 留意 警惕 看到 看出 发现 查看 核实 排查 分析 复盘 了解 得知 显示 说明",
    )
});

/// How a clause goes on that still belongs to the advice before it.
pub(super) static PURPOSE: Words = LazyLock::new(|| {
    words(
        "\
     以 从而 来 带来 争取 帮助 有助 让 使 避免 防止 进一步 吸引 促进 提高 提升 增加 减少 降低 并 再 同时 逐步",
    )
});

/// What a change can be held against, each with its other names.
pub(super) const BASES: &[&[&str]] = &[
    &["前日", "前天", "前一日", "前一天"],
    &["上周同日", "上周同期", "上周同一天", "上周"],
    &["均值", "平均", "平日", "平时", "往常", "以往", "日常"],
    &["昨日", "昨天"],
    &["上月", "上个月"],
    &["去年", "上年"],
    // From here on: what no report knows unless a label says so.
    &["同行", "行业", "竞品", "大盘", "市场", "同类", "对手", "竞店", "全网", "别家", "其他店", "平台"],
    &["预期", "预计", "预估", "目标", "计划", "指标"],
    &["以前", "之前", "此前", "历史", "往年", "过去", "从前", "当初", "年初", "月初", "往期", "往日"],
    &["上期", "上一期", "上一周期", "前一周期", "上个周期", "上一阶段", "前期"],
    &["上季度", "上个季度", "上季"],
];

/// What a name that touches a figure counts: the figure must be of that kind.
pub(super) const KINDS: &[(&str, Kind)] = &[
    ("买家", Kind::People),
    ("买家数", Kind::People),
    ("访客", Kind::People),
    ("访客数", Kind::People),
    ("人数", Kind::People),
    ("订单", Kind::Pieces),
    ("订单数", Kind::Pieces),
    ("单量", Kind::Pieces),
    ("金额", Kind::Money),
    ("成交额", Kind::Money),
    ("客单价", Kind::Money),
    ("积分", Kind::Points),
    ("转化率", Kind::Share),
    ("退款率", Kind::Share),
    ("复购率", Kind::Share),
    ("率", Kind::Share),
    ("占比", Kind::Share),
    ("额", Kind::Money),
    ("花费", Kind::Money),
    ("费用", Kind::Money),
    ("成本", Kind::Money),
    ("利润", Kind::Money),
    ("毛利", Kind::Money),
    ("笔数", Kind::Pieces),
    ("单数", Kind::Pieces),
    ("件数", Kind::Pieces),
    ("款数", Kind::Pieces),
    ("次数", Kind::Pieces),
    ("数量", Kind::Pieces),
    ("销量", Kind::Pieces),
    ("商品数", Kind::Pieces),
    ("客数", Kind::People),
    ("户数", Kind::People),
];

/// A kind of figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    People,
    Pieces,
    Money,
    Points,
    Share,
}
