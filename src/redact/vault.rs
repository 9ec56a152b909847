//! What was taken out of a text, and the marks that stand in its place.
//!
//! A mark holds no digit and no numeral, so that it passes the checks of a model's words as the word it is. The same piece always gets
//! the same mark. A mark that somebody wrote into a text himself is taken out like anything else: it must not become another's data.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use regex::Regex;

use super::{Kind, spans};

const STEMS: [char; 10] = ['甲', '乙', '丙', '丁', '戊', '己', '庚', '辛', '壬', '癸'];
/// What stands for a mark that the text itself had.
const WRITTEN: &str = "原文";

static MARK: LazyLock<Regex> = LazyLock::new(|| {
    let label = "手机|身份证|银行卡|地址|姓名|微信|原文";
    Regex::new(&format!(r"[〔\[［【({{]\s{{0,4}}(?P<label>{label})\s{{0,4}}(?P<stems>(?:[甲乙丙丁戊己庚辛壬癸]\s{{0,2}}){{1,6}})[〕\]］】)}}]"))
        .expect("a pattern that a test uses")
});

/// The pieces of one conversation, by their marks.
#[derive(Clone, Default)]
pub struct Vault {
    by_piece: HashMap<(&'static str, String), String>,
    by_mark: HashMap<String, String>,
    counts: HashMap<&'static str, usize>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault({} pieces)", self.by_mark.len())
    }
}

impl Vault {
    /// The text with marks in place of personal data.
    pub fn mask(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = 0;
        // Marks that the text has already, each as one piece; what is between them as usual.
        for mark in MARK.find_iter(text) {
            self.mask_plain(&text[rest..mark.start()], &mut out);
            out.push_str(&self.mark(WRITTEN, mark.as_str()));
            rest = mark.end();
        }
        self.mask_plain(&text[rest..], &mut out);
        out
    }

    fn mask_plain(&mut self, text: &str, out: &mut String) {
        let found = spans(text);
        if found.is_empty() {
            out.push_str(text);
            return;
        }
        let mut chars = text.chars();
        let mut at = 0;
        for span in found {
            out.extend(chars.by_ref().take(span.start - at));
            let piece: String = chars.by_ref().take(span.end - span.start).collect();
            out.push_str(&self.mark(label(span.kind), &piece));
            at = span.end;
        }
        out.extend(chars);
    }

    fn mark(&mut self, label: &'static str, piece: &str) -> String {
        if let Some(mark) = self.by_piece.get(&(label, piece.to_owned())) {
            return format!("〔{mark}〕");
        }
        let count = self.counts.entry(label).or_default();
        let mark = format!("{label}{}", stems(*count));
        *count += 1;
        self.by_piece.insert((label, piece.to_owned()), mark.clone());
        self.by_mark.insert(mark.clone(), piece.to_owned());
        format!("〔{mark}〕")
    }

    /// The text with what its marks stand for. A mark of nobody stays as it is.
    #[must_use]
    pub fn restore(&self, text: &str) -> String {
        if self.by_mark.is_empty() {
            return text.to_owned();
        }
        let back = |found: &regex::Captures<'_>| {
            let stems: String = found["stems"].chars().filter(|c| !c.is_whitespace()).collect();
            self.by_mark.get(&format!("{}{stems}", &found["label"])).cloned().unwrap_or_else(|| found[0].to_owned())
        };
        MARK.replace_all(text, back).into_owned()
    }
}

fn label(kind: Kind) -> &'static str {
    match kind {
        Kind::Phone => "手机",
        Kind::Id => "身份证",
        Kind::Card => "银行卡",
        Kind::Address => "地址",
        Kind::Name => "姓名",
        Kind::Wechat => "微信",
    }
}

/// 甲, 乙 … 癸, 甲甲, 甲乙 …: counting without a digit.
fn stems(mut nth: usize) -> String {
    let mut out = Vec::new();
    loop {
        out.push(STEMS[nth % STEMS.len()]);
        if nth < STEMS.len() {
            break;
        }
        nth = nth / STEMS.len() - 1;
    }
    out.iter().rev().collect()
}
