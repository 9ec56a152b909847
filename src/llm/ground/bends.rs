//! Words and signs that bend the figure they touch, and those that only look like them. A list, and nothing that decides.

/// Directly before an id these change what it says: 近{x}, -{x}, 负{x}.
pub(super) const BENDS: &[&str] = &[
    "接近",
    "将近",
    "不足",
    "不到",
    "超",
    "逾",
    "破",
    "近",
    "负",
    "-",
    "+",
    "±",
    "*",
    "×",
    "/",
    "÷",
    "=",
    "~",
    "≈",
    "<",
    ">",
    "≥",
    "≤",
    "￥",
    "¥",
    "$",
    "约",
    "大概",
    "差不多",
    "至少",
    "最多",
    "最少",
    "起码",
    "不止",
    "不下",
    "几乎",
    "估计",
    "可能有",
    "上下",
    "满",
];
/// What ends like one of them and is none.
pub(super) const NO_BEND: &[&str] =
    &["节约", "预约", "签约", "合约", "契约", "续约", "违约", "最近", "附近", "不满", "圆满", "充满"];
/// Behind an id these bend it as well: {x}左右, {x}多.
pub(super) const BLURS: &[&str] = &[
    "左右", "上下", "以上", "以下", "以内", "之多", "有余", "出头", "不到", "开外", "多", "余", "上百", "加", "减",
    "乘",
];
/// What begins with one of them and bends nothing.
pub(super) const NO_BLUR: &[&str] = &[
    "多于",
    "多来自",
    "多亏",
    "多为",
    "多是",
    "多过",
    "余额",
    "上下游",
    "加购",
    "加上老",
    "加油",
    "加快",
    "加强",
    "加大",
    "减少",
    "减去",
];
