//! Values of a pack as text: what a merchant may type for a figure, and what is shown for it.
//!
//! One place for both directions, so that a value that is shown can always be typed again.

use super::{Acceleration, Choice, RefundBuyer, RefundTakes, Rhythm, Rounding, Stacking};
use crate::figure::{Confidence, Exact, Figure};
use crate::points::Points;

/// What a value of some kind looks like, in English and in Chinese.
pub(super) type Expected = (&'static str, &'static str);

/// Words that say that a figure is not known.
const UNKNOWN: [&str; 2] = ["unknown", "未知"];

/// A value that can be typed and shown.
pub(super) trait Spoken: Sized {
    const EXPECTED: Expected;
    fn read(text: &str) -> Option<Self>;
    fn write(&self) -> String;
    fn choices() -> Vec<Choice> {
        Vec::new()
    }
}

impl Spoken for Points {
    const EXPECTED: Expected = ("a number with at most six decimal places", "数字，最多六位小数");

    fn read(text: &str) -> Option<Points> {
        text.parse().ok()
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

impl Spoken for Exact {
    const EXPECTED: Expected = ("a decimal number", "数字");

    fn read(text: &str) -> Option<Exact> {
        rust_decimal::Decimal::from_str_exact(text).ok().map(Exact)
    }

    fn write(&self) -> String {
        self.0.normalize().to_string()
    }
}

impl Spoken for u32 {
    const EXPECTED: Expected = ("a whole number", "不小于 0 的整数");

    fn read(text: &str) -> Option<u32> {
        text.parse().ok()
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

impl Spoken for Vec<String> {
    const EXPECTED: Expected = ("names parted by 、 or commas", "用顿号隔开的名称");

    fn read(text: &str) -> Option<Vec<String>> {
        let names = text.split(['、', ',', '，', '/']).map(str::trim).filter(|name| !name.is_empty());
        let names: Vec<String> = names.map(str::to_owned).collect();
        (!names.is_empty()).then_some(names)
    }

    fn write(&self) -> String {
        self.join("、")
    }
}

/// A value that is one of a few words; each with what merchants read.
macro_rules! one_of {
    ($kind:ty, $($value:expr => $word:literal $title:literal),+ $(,)?) => {
        impl Spoken for $kind {
            const EXPECTED: Expected =
                (concat!("one of", $(" ", $word),+), concat!("以下之一：", $($title, "（", $word, "）"),+));

            fn read(text: &str) -> Option<$kind> {
                [$(($value, $word, $title)),+]
                    .into_iter()
                    .find_map(|(value, word, title)| (text == word || text == title).then_some(value))
            }

            fn write(&self) -> String {
                [$(($value, $word)),+]
                    .into_iter()
                    .find_map(|(value, word)| (value == *self).then(|| word.to_owned()))
                    .unwrap_or_default()
            }

            fn choices() -> Vec<Choice> {
                vec![$(Choice { value: $word.to_owned(), title: $title.to_owned() }),+]
            }
        }
    };
}

one_of!(bool, true => "true" "是", false => "false" "否");
one_of!(Acceleration,
    Acceleration::OnTop => "on_top" "在基础分之外另加",
    Acceleration::InAll => "in_all" "已包含基础分",
);
one_of!(Rounding,
    Rounding::None => "none" "不取整",
    Rounding::WholeThousands => "whole_thousands" "支付金额只计整千元",
    Rounding::WholeParts => "whole_parts" "每一部分舍去小数",
    Rounding::WholeTotal => "whole_total" "合计舍去小数",
);
one_of!(Stacking,
    Stacking::Additive => "additive" "各计各的",
    Stacking::MarketingFirst => "marketing_first" "数字营销订单不再计场景加速",
);
one_of!(RefundTakes,
    RefundTakes::Amount => "amount" "扣退款金额",
    RefundTakes::WholeOrder => "whole_order" "扣整笔订单",
);
one_of!(RefundBuyer,
    RefundBuyer::WhenNothingLeft => "when_nothing_left" "全额退款才不计买家",
    RefundBuyer::AtAnyRefund => "at_any_refund" "有退款就不计买家",
);
one_of!(Rhythm,
    Rhythm::Daily => "daily" "每天",
    Rhythm::Monthly => "monthly" "每月",
    Rhythm::Unknown => "unknown" "未知",
);

/// A figure of a pack without its type: shown, and replaced by what a merchant typed.
pub(super) trait Entry {
    /// Value, source and class; `None` while nobody knows the figure.
    fn told(&self) -> Option<(String, &str, Confidence)>;
    /// Takes what a merchant typed; `Err` says what the figure looks like.
    fn enter(&mut self, text: &str, source: String) -> Result<(), Expected>;
    /// What may be typed, where that is one of a few words.
    fn choices(&self) -> Vec<Choice>;
}

impl<T: Spoken> Entry for Figure<T> {
    fn told(&self) -> Option<(String, &str, Confidence)> {
        Some((self.value.write(), &self.source, self.confidence))
    }

    fn enter(&mut self, text: &str, source: String) -> Result<(), Expected> {
        let value = T::read(text).ok_or(T::EXPECTED)?;
        *self = Figure { value, source, confidence: Confidence::Merchant };
        Ok(())
    }

    fn choices(&self) -> Vec<Choice> {
        T::choices()
    }
}

impl<T: Spoken> Entry for Option<Figure<T>> {
    fn told(&self) -> Option<(String, &str, Confidence)> {
        self.as_ref().and_then(Figure::told)
    }

    fn enter(&mut self, text: &str, source: String) -> Result<(), Expected> {
        if UNKNOWN.contains(&text) {
            *self = None;
            return Ok(());
        }
        let value = T::read(text).ok_or(T::EXPECTED)?;
        *self = Some(Figure { value, source, confidence: Confidence::Merchant });
        Ok(())
    }

    fn choices(&self) -> Vec<Choice> {
        T::choices()
    }
}
