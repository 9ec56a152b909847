//! Weekdays of a cron expression, numbered for the library that reads it.
//!
//! The trap: in the five-field form everybody knows, 0 and 7 are Sunday and 1 is Monday; the library counts 1 as Sunday. Passing
//! numbers through would move every such schedule by a day, silently. So the field is read here and handed on as plain numbers.

const NAMES: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/// The field in the library's numbers (1 = Sunday), from the five-field form's (0 and 7 = Sunday); none when it is not understood.
pub(super) fn translate(field: &str) -> Option<String> {
    let mut wanted = [false; 7];
    for item in field.split(',') {
        for day in days(item)? {
            wanted[day % 7] = true;
        }
    }
    if wanted.iter().all(|day| *day) {
        return Some("*".into());
    }
    let numbers: Vec<String> = (0..7).filter(|day| wanted[*day]).map(|day| (day + 1).to_string()).collect();
    Some(numbers.join(","))
}

/// Whether a weekday is named by a number; a step is no weekday.
pub(super) fn is_numbered(field: &str) -> bool {
    field.split(',').any(|item| base(item).0.contains(|c: char| c.is_ascii_digit()))
}

/// Days from 0 = Sunday; beyond 6 they go around.
fn days(item: &str) -> Option<Vec<usize>> {
    let (range, step) = base(item);
    let step = step.map_or(Some(1), |step| step.parse().ok().filter(|step| (1..=7).contains(step)))?;
    let (from, to) = match range.split_once('-') {
        Some((from, to)) => {
            let (from, to) = (day(from)?, day(to)?);
            // FRI-SUN goes over the end of the week.
            (from, if to < from { to + 7 } else { to })
        }
        None if range == "*" || range == "?" => (0, 6),
        None if item.contains('/') => (day(range)?, 6),
        None => (day(range)?, day(range)?),
    };
    Some((from..=to).step_by(step).collect())
}

fn base(item: &str) -> (&str, Option<&str>) {
    item.split_once('/').map_or((item, None), |(range, step)| (range, Some(step)))
}

fn day(text: &str) -> Option<usize> {
    if let Ok(number) = text.parse::<usize>() {
        return (number <= 7).then_some(number);
    }
    let text = text.to_ascii_lowercase();
    NAMES.iter().position(|name| *name == text || text.len() == 3 && name.starts_with(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_mean_what_they_mean_in_every_crontab() {
        for (field, library) in [
            ("1", "2"),
            ("0", "1"),
            ("7", "1"),
            ("1-5", "2,3,4,5,6"),
            ("6,0", "1,7"),
            ("5-7", "1,6,7"),
            ("mon-fri", "2,3,4,5,6"),
            ("Sat-Mon", "1,2,7"),
            ("*/2", "1,3,5,7"),
            ("wednesday", "4"),
            ("0-6", "*"),
            ("?", "*"),
        ] {
            assert_eq!(translate(field).as_deref(), Some(library), "{field}");
        }
    }

    #[test]
    fn what_is_no_weekday_is_not_guessed_at() {
        for field in ["8", "mond", "1-", "", "1,,2", "*/0", "*/8", "5L", "2#1", "-1"] {
            assert_eq!(translate(field), None, "{field}");
        }
    }
}
