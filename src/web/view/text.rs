//! Words with figures in them. The one place where `{fact_id}` becomes something to click, and where the words around it are escaped.

use maud::{Markup, html};
use xiaoer_sdk::{Fact, Facts, Value, placeholders};

/// What may not begin a line. A button is a box to the browser, which would turn the line right behind it.
const CLOSING: [char; 12] = ['，', '。', '、', '；', '：', '！', '？', '）', '”', '》', '%', ','];
/// A word joiner.
const NO_BREAK: char = '\u{2060}';

/// A stretch of words, or a figure's id.
#[derive(Debug, PartialEq)]
enum Part<'a> {
    Words(&'a str),
    Figure(&'a str),
}

/// A text on one line. Figures are buttons that open their source; an id without a fact is left standing, so that nobody reads a
/// made-up figure.
pub(crate) fn words(text: &str, facts: &Facts) -> Markup {
    html! {
        @for part in parts(text) {
            @match part {
                Part::Words(words) => { @if words.starts_with(CLOSING) { (NO_BREAK) } (words) }
                Part::Figure(id) => @match facts.get(id) {
                    Some(fact) => { (figure(id, fact, &fact.value.short())) }
                    None => { "{" (id) "}" }
                }
            }
        }
    }
}

/// Several lines: paragraphs, and a list where lines begin with a dash.
pub(crate) fn prose(text: &str, facts: &Facts) -> Markup {
    let mut groups: Vec<(bool, Vec<&str>)> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let item = ["- ", "• ", "* "].iter().find_map(|mark| line.strip_prefix(mark));
        match groups.last_mut() {
            Some((true, items)) if item.is_some() => items.extend(item),
            _ => groups.push((item.is_some(), vec![item.unwrap_or(line)])),
        }
    }
    html! {
        @for (is_list, lines) in &groups {
            @if *is_list {
                ul { @for line in lines { li { (words(line, facts)) } } }
            } @else {
                @for line in lines { p { (words(line, facts)) } }
            }
        }
    }
}

/// A figure as a button; the page around it says (`data-facts`) where its source is found.
pub(crate) fn figure(id: &str, fact: &Fact, shown: &str) -> Markup {
    html! {
        button.fact.(direction(&fact.value)) type="button" data-fact=(id) aria-haspopup="dialog" { (shown) }
    }
}

/// Red for up, green for down; the arrow in the text says it too.
pub(crate) fn direction(value: &Value) -> &'static str {
    match value.direction() {
        Some(1) => "up",
        Some(-1) => "down",
        _ => "flat",
    }
}

/// A figure's number and what follows it, for a tile that sets the number large.
pub(crate) fn number_and_unit(value: &Value) -> (String, String) {
    let text = value.short();
    let has_unit = matches!(value, Value::Money(_) | Value::Points(_) | Value::Count(..) | Value::Ratio(_));
    match text.rfind(|c: char| c.is_ascii_digit()).filter(|_| has_unit) {
        Some(last) => {
            let (number, unit) = text.split_at(last + 1);
            (number.to_owned(), unit.to_owned())
        }
        None => (text, String::new()),
    }
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    for id in placeholders(text) {
        let Some((before, after)) = rest.split_once(&format!("{{{id}}}")) else { continue };
        if !before.is_empty() {
            found.push(Part::Words(before));
        }
        found.push(Part::Figure(id));
        rest = after;
    }
    if !rest.is_empty() {
        found.push(Part::Words(rest));
    }
    found
}

#[cfg(test)]
mod tests {
    use xiaoer_sdk::{Source, Unit};

    use super::*;

    fn facts() -> Facts {
        let mut facts = Facts::default();
        facts.add("paid_orders", "支付订单", Value::Count(48, Unit::Orders), Source::default());
        facts
    }

    #[test]
    fn a_figure_becomes_a_button_and_the_words_around_it_stay_words() {
        let shown = words("<b>昨天</b>有 {paid_orders}，{Not One}，{}", &facts()).into_string();
        assert!(shown.starts_with("&lt;b&gt;昨天&lt;/b&gt;有 <button class=\"fact flat\""), "{shown}");
        assert!(shown.contains(">48单</button>\u{2060}，{Not One}，{}"), "{shown}");
    }

    #[test]
    fn a_figure_without_a_source_is_never_made_up() {
        assert_eq!(words("{made_up}", &facts()).into_string(), "{made_up}");
    }

    #[test]
    fn lines_with_a_dash_make_a_list() {
        let shown = prose("先看这里：\n- 一\n- 二\n\n完", &Facts::default()).into_string();
        assert_eq!(shown, "<p>先看这里：</p><ul><li>一</li><li>二</li></ul><p>完</p>");
    }

    #[test]
    fn a_large_number_keeps_its_unit_small() {
        let yuan = Value::Money(rust_decimal::Decimal::new(18_979_795, 2));
        assert_eq!(number_and_unit(&yuan), ("18.98".into(), "万元".into()));
        assert_eq!(number_and_unit(&Value::Name("L3".into())), ("L3".into(), String::new()));
    }
}
