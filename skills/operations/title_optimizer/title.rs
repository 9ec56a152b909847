//! What is wrong with a title, by rule, and a better one made of the same words. No model, no guess about the goods.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use xiaoer_sdk::quoted_to;
use xiaoer_sdk::shop::Product;

/// Most that a title may hold, in Chinese characters; two Latin letters or digits count as one.
pub(super) const LONGEST: usize = 30;
/// A shorter title leaves search words unused.
const SHORTEST: usize = 15;
/// Longer titles are not read to the end: no platform takes them.
const READ: usize = 300;
/// A word of at least so many characters that comes twice is stuffing; a shorter one has to come three times.
const WORD: usize = 3;
/// What may stand between words. Anything else that is no letter, digit or Chinese character is decoration.
const PLAIN_SIGNS: &str = " -—./+×*℃°%（）()、，,&：:";

const AD_WORDS: &str = include_str!("../ad_words.txt");

struct AdWords {
    fine: Vec<&'static str>,
    /// `(word, kind)`, longer words first.
    banned: Vec<(&'static str, &'static str)>,
}

static WORDS: LazyLock<AdWords> = LazyLock::new(|| {
    let mut words = AdWords { fine: Vec::new(), banned: Vec::new() };
    for (kind, list) in AD_WORDS.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
    {
        match kind {
            "fine" => words.fine.extend(list.split(' ')),
            kind => words.banned.extend(list.split(' ').map(|word| (word, kind))),
        }
    }
    words.banned.sort_by_key(|(word, _)| std::cmp::Reverse(word.chars().count()));
    words
});

/// Something wrong with a title.
#[derive(Debug, PartialEq)]
pub(super) enum Defect {
    /// A word that the advertising law forbids, with its kind.
    Banned(&'static str, &'static str),
    TooLong,
    TooShort,
    Repeated(String),
    Symbols,
    NoCategory,
    NoAttribute,
}

impl Defect {
    /// How much it hurts.
    pub(super) fn weight(&self) -> u32 {
        match self {
            Self::Banned(..) => 100,
            Self::TooLong => 50,
            Self::Repeated(_) | Self::Symbols => 20,
            Self::TooShort => 15,
            Self::NoCategory => 10,
            Self::NoAttribute => 5,
        }
    }

    pub(super) fn words(&self) -> String {
        match self {
            Self::Banned(word, kind) => format!("有广告法不让用的「{word}」（{kind}）"),
            Self::TooLong => "太长，平台会截断".into(),
            Self::TooShort => "太短，少了买家会搜的词".into(),
            Self::Repeated(word) => format!("「{}」重复堆砌", quoted_to(word, 10)),
            Self::Symbols => "乱加符号".into(),
            Self::NoCategory => "看不出是什么商品".into(),
            Self::NoAttribute => "没写材质、用途等特点".into(),
        }
    }
}

/// A title as the rules read it.
pub(super) struct Title {
    text: String,
}

impl Title {
    pub(super) fn of(title: &str) -> Self {
        Self { text: title.trim().chars().take(READ).collect() }
    }

    /// In Chinese characters.
    pub(super) fn width(&self) -> usize {
        width(&self.text)
    }

    /// Whether it could be put on a shop's shelf: nothing forbidden, nothing hidden, not too long.
    pub(super) fn is_proper(&self) -> bool {
        let visible = quoted_to(&self.text, READ) == self.text;
        visible
            && self.width() <= LONGEST
            && self.banned().is_none()
            && self.repeated().is_none()
            && !self.has_symbols()
    }

    pub(super) fn defects(&self, product: &Product) -> Vec<Defect> {
        let mut defects = Vec::new();
        defects.extend(self.banned().map(|(word, kind)| Defect::Banned(word, kind)));
        match self.width() {
            width if width > LONGEST => defects.push(Defect::TooLong),
            width if width < SHORTEST => defects.push(Defect::TooShort),
            _ => {}
        }
        defects.extend(self.repeated().map(Defect::Repeated));
        if self.has_symbols() {
            defects.push(Defect::Symbols);
        }
        if product.category.as_deref().is_some_and(|category| !self.speaks_of(category)) {
            defects.push(Defect::NoCategory);
        }
        let features = features(product);
        if !features.is_empty() && !features.iter().any(|feature| self.speaks_of(feature)) {
            defects.push(Defect::NoAttribute);
        }
        defects
    }

    /// The first forbidden word, also where signs stand between its characters.
    fn banned(&self) -> Option<(&'static str, &'static str)> {
        let mut bare: String = self.text.chars().filter(|c| c.is_alphanumeric() || *c == '%').collect();
        for fine in &WORDS.fine {
            bare = bare.replace(fine, "\n");
        }
        WORDS.banned.iter().find(|(word, _)| bare.contains(word)).copied()
    }

    fn has_symbols(&self) -> bool {
        undecorated(&self.text) != self.text
    }

    /// The longest word that comes too often.
    fn repeated(&self) -> Option<String> {
        let chars: Vec<char> = self.text.chars().collect();
        (2..=8)
            .rev()
            .find_map(|length| {
                let often = if length >= WORD { 2 } else { 3 };
                chars.windows(length).find(|word| word.iter().all(|c| is_han(*c)) && occurs(&chars, word) >= often)
            })
            .map(|word| word.iter().collect())
    }

    /// Whether it names a thing, by the whole word or by its beginning or end: 收纳箱 speaks of 收纳盒.
    fn speaks_of(&self, thing: &str) -> bool {
        let han: Vec<char> = thing.chars().filter(|c| is_han(*c)).collect();
        let ends = [han.get(..2), han.len().checked_sub(2).and_then(|from| han.get(from..))];
        self.text.contains(thing) || ends.into_iter().flatten().any(|end| self.text.contains(&String::from_iter(end)))
    }

    /// The same title without its defects, as far as rules can: forbidden words, decoration and repetitions go, then the category and
    /// the product's own features fill up to the allowed length. Empty when nothing is left to say.
    pub(super) fn mended(&self, product: &Product) -> String {
        let mut text = undecorated(&self.text);
        while let Some((word, _)) = Self::of(&text).banned() {
            text = without(&text, word);
        }
        while let Some(word) = Self::of(&text).repeated() {
            text = once(&text, &word);
        }
        // A single character is what a forbidden word left behind.
        let left_over = |word: &&str| word.chars().all(is_han) && word.chars().count() == 1;
        let mut words: Vec<String> = text
            .split_whitespace()
            .map(trimmed)
            .filter(|word| word.contains(char::is_alphanumeric) && !left_over(word))
            .map(String::from)
            .collect();
        let category = product.category.iter().filter(|name| !Self::of(&text).speaks_of(name)).cloned();
        let features = features(product).into_iter().filter(|feature| !Self::of(&text).speaks_of(feature));
        let proper = |word: &String| Self::of(word).is_proper();
        // What says what the goods are must not fall off the end of a long title.
        let missing: Vec<String> = category.filter(proper).collect();
        words.splice(0..0, missing);
        words.extend(features.filter(proper));
        fitted(words)
    }
}

/// A word without what a removed neighbour left at its edges: a comma, or 的 that belongs to nothing any more.
fn trimmed(word: &str) -> &str {
    word.trim_matches(|c: char| "、，,：:.—-/&+".contains(c)).trim_start_matches('的')
}

/// Words up to the allowed width, each whole; one word that is too long by itself is cut.
fn fitted(words: Vec<String>) -> String {
    let mut title = String::new();
    for word in words {
        let joined = if title.is_empty() { word.clone() } else { format!("{title} {word}") };
        if width(&joined) <= LONGEST {
            title = joined;
        } else if title.is_empty() {
            title = word
                .chars()
                .scan(0, |used, c| {
                    *used += if c.is_ascii() { 1 } else { 2 };
                    (*used <= LONGEST * 2).then_some(c)
                })
                .collect();
        }
    }
    title
}

/// Words of the product's own attributes that describe it; yes and no describe nothing.
fn features(product: &Product) -> Vec<String> {
    let values = product.attributes.iter().flat_map(|(_, value)| value.split([',', '，', '/', '、', ';', '；']));
    let mut seen = BTreeSet::new();
    values
        .map(str::trim)
        .filter(|value| value.chars().filter(|c| is_han(*c)).count() >= 2 && width(value) <= 8)
        .filter(|value| seen.insert(*value))
        .map(String::from)
        .collect()
}

/// Two ASCII characters are as wide as a Chinese one.
fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>().div_ceil(2)
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// The text with a space for every sign that only decorates. Between digits `~` says from and to.
fn undecorated(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let digit = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(char::is_ascii_digit);
    let plain = |at: usize, c: char| {
        let ranges = c == '~' && digit(at.checked_sub(1)) && digit(Some(at + 1));
        c.is_alphanumeric() || PLAIN_SIGNS.contains(c) || ranges
    };
    chars.iter().enumerate().map(|(at, c)| if plain(at, *c) { *c } else { ' ' }).collect()
}

/// How often a word comes, counted without overlaps.
fn occurs(chars: &[char], word: &[char]) -> usize {
    let (mut at, mut found) = (0, 0);
    while at + word.len() <= chars.len() {
        let here = &chars[at..at + word.len()] == word;
        found += usize::from(here);
        at += if here { word.len() } else { 1 };
    }
    found
}

/// The text without the first place of a word, also where signs stand between its characters.
fn without(text: &str, word: &str) -> String {
    let bare = |c: char| c.is_alphanumeric() || c == '%';
    let places: Vec<(usize, char)> = text.char_indices().filter(|(_, c)| bare(*c)).collect();
    let wanted: Vec<char> = word.chars().collect();
    let Some(at) = places.windows(wanted.len()).position(|w| w.iter().map(|(_, c)| *c).eq(wanted.iter().copied()))
    else {
        // Seen only after a fine phrase was taken out: give the title up rather than loop.
        return String::new();
    };
    let (from, (last, c)) = (places[at].0, places[at + wanted.len() - 1]);
    format!("{} {}", &text[..from], &text[last + c.len_utf8()..])
}

/// The text with only the first place of a word.
fn once(text: &str, word: &str) -> String {
    match text.split_once(word) {
        Some((before, after)) => format!("{before}{word}{}", after.replace(word, " ")),
        None => text.to_owned(),
    }
}
