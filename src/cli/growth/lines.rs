//! A table for a terminal: cells in columns, numbers to the right.

/// Which columns hold numbers, then the rows; the first row is the head.
pub(super) fn columns(numbers: &[bool], rows: &[Vec<String>]) -> Vec<String> {
    let widest = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| width(cell)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..numbers.len()).map(widest).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).zip(numbers).map(|((cell, wide), number)| {
            let space = " ".repeat(wide.saturating_sub(width(cell)));
            if *number { format!("{space}{cell}") } else { format!("{cell}{space}") }
        });
        format!("  {}", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

/// Cells of a terminal: letters of East Asia and their punctuation take two.
fn width(text: &str) -> usize {
    text.chars()
        .map(|letter| if matches!(letter, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{ffdc}') { 2 } else { 1 })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_below_each_other_whatever_letters_are_before_them() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let lines = columns(&[false, true], &[row(["买家", "净额"]), row(["abc", "1.5"]), row(["张三丰", "12.5"])]);
        assert_eq!(lines, ["  买家    净额", "  abc      1.5", "  张三丰  12.5"]);
    }
}
