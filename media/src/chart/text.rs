//! Words in a drawing: made harmless, measured, cut to their room.
//!
//! Titles of products and names of buyers end up here. No text may reach the markup but through `Escaped`.

use std::fmt::{self, Write};

/// Text between tags or in quotes, safe in XML and HTML. Characters that XML forbids are dropped (a strict reader would refuse
/// the whole picture), and so are those that turn the writing direction: they could show a figure backwards.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\t' | '\n' | '\r' => f.write_char(' ')?,
                c if c.is_control() || is_hostile(c) => {}
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

fn is_hostile(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{FFFE}' | '\u{FFFF}')
}

/// An id that cannot break out of an attribute or a `url(#…)`, whatever the caller passes.
pub(super) fn safe_id(id: &str) -> String {
    let kept = id.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    std::iter::once('c').chain(kept).collect()
}

/// Width of a text in user units: near enough for slots with slack, without a font at hand.
pub(super) fn width(text: &str, size: f64) -> f64 {
    let em = |c: char| match c {
        '.' | ',' | ':' | ';' | ' ' => 0.3,
        c if c.is_ascii() => 0.58,
        _ => 1.0,
    };
    text.chars().map(em).sum::<f64>() * size
}

/// The text, cut with … where it does not fit.
pub(super) fn fit(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = size;
    for c in text.chars() {
        used += width(c.encode_utf8(&mut [0; 4]), size);
        if used > room {
            break;
        }
        kept.push(c);
    }
    kept + "…"
}

/// The text on at most two lines, the second cut with … where it does not fit. It turns after a comma where there is one
/// not too early in the line, and never inside a number: 1,204 on two lines reads as two numbers.
pub(super) fn two_lines(text: &str, size: f64, room: f64) -> Vec<String> {
    let mut used = 0.0;
    let over = text.char_indices().find(|(_, c)| {
        used += width(c.encode_utf8(&mut [0; 4]), size);
        used > room
    });
    let Some((over, _)) = over else {
        return vec![text.to_owned()];
    };
    let (head, tail) = text.split_at(over);
    let pause = head.rfind(['，', '；', '。', '、']).map(|at| at + head[at..].chars().next().map_or(0, char::len_utf8));
    let whole = head.trim_end_matches(part_of_number).len();
    let turn = match pause {
        Some(pause) if width(&head[..pause], size) > room * 0.4 => pause,
        _ if whole > 0 && tail.starts_with(part_of_number) => whole,
        _ => over,
    };
    vec![text[..turn].trim_end().to_owned(), fit(text[turn..].trim_start(), size, room)]
}

fn part_of_number(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | ',' | '-' | '%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_title_stays_text() {
        let title = "</text><script>alert('x')</script>\" onload=\"&\u{202E}12\u{0}\n3";
        let safe = Escaped(title).to_string();
        assert_eq!(safe, "&lt;/text&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot; onload=&quot;&amp;12 3");
    }

    #[test]
    fn an_id_cannot_leave_its_attribute() {
        assert_eq!(safe_id("run-1_a\")><script>"), "crun-1_ascript");
        assert_eq!(safe_id(""), "c");
    }

    #[test]
    fn a_long_text_is_cut_to_its_room_and_a_short_one_is_not() {
        assert_eq!(fit("近30天支付金额", 10.0, 100.0), "近30天支付金额");
        let cut = fit("加厚304不锈钢保温杯大容量", 10.0, 60.0);
        assert!(cut.ends_with('…') && width(&cut, 10.0) <= 60.0, "{cut}");
    }

    #[test]
    fn a_number_is_never_torn_over_two_lines() {
        assert_eq!(two_lines("还差1,856.54分", 10.0, 51.0), ["还差", "1,856.54分"]);
        assert_eq!(two_lines("距 L4 还差 1,856.54 分", 10.0, 85.0), ["距 L4 还差", "1,856.54 分"]);
        assert_eq!(two_lines("还差10分，评定日未知", 10.0, 75.0), ["还差10分，", "评定日未知"]);
    }
}
