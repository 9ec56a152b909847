//! Ways out of the shop that no generated text may name: addresses, phones, other messengers.

use std::sync::LazyLock;

use super::plain;
use crate::lexicon::Lexicon;

const WORDS: &[&str] = &[
    "http:",
    "https:",
    "www.",
    "://",
    ".com",
    ".cn",
    ".net",
    ".top",
    ".vip",
    "微信",
    "薇信",
    "威信",
    "徽信",
    "加微",
    "加v",
    "v信",
    "wechat",
    "weixin",
    "扣扣",
    "telegram",
    "whatsapp",
    "手机号",
    "加我",
    "@",
];
/// Short Latin words that count only when no letter stands around them.
const ALONE: &[&str] = &["qq", "vx", "wx"];
/// Words that are also names of goods and services: fine where the material itself has them.
const IF_NOT_GIVEN: &[&str] = &["二维码", "扫码", "私聊", "电话"];

/// The first way out that a text names.
pub(super) fn contact(text: &str, grounds: &[String]) -> Option<String> {
    // Most texts hold none of the words: one look says so for all of them.
    static WANTED: LazyLock<Lexicon> =
        LazyLock::new(|| Lexicon::plain([WORDS, ALONE, IF_NOT_GIVEN].into_iter().flatten().copied()));
    let chars: Vec<char> =
        text.chars().map(plain).filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    if !WANTED.is_in(&chars) {
        return phone(&chars);
    }
    let flat: String = chars.iter().collect();
    if let Some(word) = WORDS.iter().find(|word| flat.contains(**word)) {
        return Some((*word).into());
    }
    let alone = |word: &&&str| {
        flat.match_indices(**word).any(|(at, _)| {
            let around = [flat[..at].chars().next_back(), flat[at + word.len()..].chars().next()];
            !around.into_iter().flatten().any(|c| c.is_ascii_alphabetic())
        })
    };
    if let Some(word) = ALONE.iter().find(alone) {
        return Some((*word).into());
    }
    let given = |word: &str| grounds.iter().any(|ground| ground.contains(word));
    if let Some(word) = IF_NOT_GIVEN.iter().find(|word| flat.contains(**word) && !given(word)) {
        return Some((*word).into());
    }
    phone(&chars)
}

/// A run of digits that can be dialled, whatever stands between them and however they are written.
fn phone(chars: &[char]) -> Option<String> {
    let mut run = String::new();
    for c in chars.iter().copied().chain(['\n']) {
        match digit(c) {
            Some(digit) => run.push(digit),
            None if !run.is_empty() && "-.·()+".contains(c) => {}
            None => {
                if dials(&run) {
                    return Some(run);
                }
                run.clear();
            }
        }
    }
    None
}

fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '零' | '〇' => Some('0'),
        '一' | '壹' | '幺' => Some('1'),
        '二' | '两' | '贰' => Some('2'),
        '三' | '叁' => Some('3'),
        '四' | '肆' => Some('4'),
        '五' | '伍' => Some('5'),
        '六' | '陆' => Some('6'),
        '七' | '柒' => Some('7'),
        '八' | '捌' => Some('8'),
        '九' | '玖' => Some('9'),
        _ => None,
    }
}

/// Mobile, with and without the country; landline with its area; 400 numbers. An order's 18 digits are none of them.
fn dials(run: &str) -> bool {
    let bare =
        run.strip_prefix("0086").or_else(|| run.strip_prefix("86").filter(|rest| rest.len() == 11)).unwrap_or(run);
    let mobile = bare.len() == 11 && bare.starts_with('1') && !matches!(bare.as_bytes()[1], b'0'..=b'2');
    let landline = (10..=12).contains(&bare.len()) && bare.starts_with('0');
    let hotline = bare.len() == 10 && (bare.starts_with("400") || bare.starts_with("800"));
    mobile || landline || hotline
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_out_is_seen_through_its_disguise() {
        for text in [
            "详情见 https://x.example/a",
            "看 www . abc . com",
            "加微信聊",
            "加 V 聊",
            "ＱＱ 88",
            "我的vx：abc",
            "138 0013 8000",
            "138-0013-8000",
            "１３８００１３８０００",
            "一三八零零一三八零零零",
            "+86 13800138000",
            "0571-88888888",
            "400-800-1234",
            "邮箱 a@b.c",
            "扫码领券",
        ] {
            assert!(contact(text, &[]).is_some(), "{text}");
        }
    }

    #[test]
    fn what_only_resembles_one_is_left_alone() {
        for text in [
            "订单 123456789012345678 已发出",
            "货号 6901234567892",
            "共 12,800 件",
            "尺寸 20-30-40",
            "vxs 面料",
            "请在旺旺上联系我们",
        ] {
            assert_eq!(contact(text, &[]), None, "{text}");
        }
        assert_eq!(contact("扫码枪 无线", &["无线扫码枪".into()]), None);
    }
}
