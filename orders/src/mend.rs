//! The rows that did not load, as a file to mend and hand over again.
//!
//! An order or invoice whose line is bad comes back whole: its rows alone would replace it by a part of itself. Columns that this package
//! does not read are left out here too, so that nobody's address goes into one more file.

use std::collections::HashMap;

use crate::error::ReadError;
use crate::header::TableKind;
use crate::sheet_out::Sheet;

/// Title of the column that says what is wrong; nothing reads it.
const REASON: &str = "请改正";
/// Characters of a cell that are handed back; a workbook holds 32,767.
const LONGEST: usize = 8000;

/// The bad rows of a file with what is wrong with each, under the file's own titles. Nothing when all rows loaded.
///
/// # Errors
/// As [`crate::read`].
pub fn to_mend(bytes: &[u8]) -> Result<Option<Sheet>, ReadError> {
    let (grid, header) = crate::open(bytes)?;
    let table = crate::table(&grid, &header);
    let mut reasons: HashMap<u32, Vec<String>> = HashMap::new();
    for problem in table.problems() {
        reasons.entry(problem.row).or_default().push(format!("{}：{}", problem.column, problem.why));
    }
    if reasons.is_empty() {
        return Ok(None);
    }
    let columns = header.read_columns();
    let key = match header.kind {
        TableKind::Orders => Some(header.col("订单编号")),
        TableKind::Invoices => Some(header.col("InvoiceNo")),
        _ => None,
    };
    let mut groups: Vec<Vec<Vec<String>>> = Vec::new();
    let (mut current, mut is_bad) = (String::new(), false);
    for row in grid.below(&header) {
        let number = key.as_ref().map(|key| row.field(key).text);
        let follows = number.is_some_and(|number| number.is_empty() || number == current);
        if !follows || groups.is_empty() {
            if !is_bad {
                groups.pop();
            }
            groups.push(Vec::new());
            is_bad = false;
            current = number.unwrap_or_default().to_owned();
        }
        let reason = reasons.get(&row.number).map(|all| all.join(" "));
        is_bad |= reason.is_some();
        let cells = columns.iter().map(|col| row.field(col).text.chars().take(LONGEST).collect());
        let line = cells.chain([reason.unwrap_or_default().chars().take(LONGEST).collect()]).collect();
        if let Some(group) = groups.last_mut() {
            group.push(line);
        }
    }
    if !is_bad {
        groups.pop();
    }
    let header = columns.into_iter().map(|col| col.title).chain([REASON.to_owned()]).collect();
    Ok(Some(Sheet { notes: Vec::new(), header, rows: groups.into_iter().flatten().collect() }))
}
