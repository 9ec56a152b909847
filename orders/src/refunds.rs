//! A refund table as platforms write it, one refund a row, read into the ledger's own refund rows.
//!
//! Nobody documents its titles, so the usual ones are listed. Only money that went back counts: a refund that is still
//! open, or was closed, becomes a row that is not valid, and one without any day becomes none. A word for its state that
//! is not known must never be taken for a success; neither may the amount that was asked for stand in for the one paid.

use std::collections::HashMap;

use crate::Read;
use crate::cell::{id, positive, shown, text};
use crate::error::{Problem, Problems};
use crate::header::{Col, Column, Header};
use crate::ledger::{LedgerKind, LedgerRow};
use crate::sheet::{Field, Grid, Row};
use crate::time::time;

pub(crate) const COLUMNS: &[Column] = &[
    Column::required("退款编号").or(&["退款单号", "退款ID", "售后编号", "售后单号"]),
    Column::required("退款金额").or(&["实退金额", "实际退款金额", "买家退款金额", "退款总额", "退款总金额"]),
    Column::required("退款完成时间").or(&[
        "退款成功时间",
        "退款完结时间",
        "退款到账时间",
        "退款时间",
        "完结时间",
        "完成时间",
    ]),
    Column::optional("订单编号").or(&["订单号", "交易编号", "交易号", "主订单编号"]),
    Column::optional("买家会员名").or(&["买家会员", "买家", "买家昵称", "买家旺旺"]),
    Column::optional("退款状态").or(&["售后状态", "状态"]),
    Column::optional("退款申请时间").or(&["退款的申请时间", "申请时间", "退款创建时间"]),
];

struct Columns {
    id: Col,
    amount: Col,
    completed: Col,
    order: Col,
    buyer: Col,
    state: Col,
    applied: Col,
}

pub(crate) fn read(grid: &Grid, header: &Header) -> Read<LedgerRow> {
    let columns = Columns {
        id: header.col("退款编号"),
        amount: header.col("退款金额"),
        completed: header.col("退款完成时间"),
        order: header.col("订单编号"),
        buyer: header.col("买家会员名"),
        state: header.col("退款状态"),
        applied: header.col("退款申请时间"),
    };
    let mut problems = Problems::default();
    let mut rows: Vec<LedgerRow> = Vec::new();
    let mut seen: HashMap<String, u32> = HashMap::new();
    let mut dropped = 0;
    for row in grid.below(header) {
        if let Some(problem) = row.fault(header) {
            problems.push(problem);
            continue;
        }
        let refund = match refund(row, &columns, &mut problems) {
            Found::Refund(refund) => refund,
            Found::Undated => {
                dropped += 1;
                continue;
            }
            Found::Fault => continue,
        };
        if let Some(first) = seen.get(&refund.id) {
            let why = format!("编号 {} 在第 {first} 行已经出现过，这一行没有读入。", shown(&refund.id));
            problems.push(row.field(&columns.id).problem(why));
            continue;
        }
        seen.insert(refund.id.clone(), refund.row);
        rows.push(refund);
    }
    Read { rows, problems: problems.finish(), dropped }
}

enum Found {
    Refund(LedgerRow),
    /// Not finished, and nothing says when it began: there is nothing to take back and nothing to undo.
    Undated,
    Fault,
}

/// All cells are looked at before giving up, so that one upload shows all that is to be mended.
fn refund(row: Row<'_>, columns: &Columns, problems: &mut Problems) -> Found {
    let key = problems.keep(row.required(&columns.id, id));
    let completed = problems.keep(time(row.field(&columns.completed)));
    let applied = problems.keep(time(row.field(&columns.applied)));
    let order = problems.keep(id(row.field(&columns.order)));
    let buyer = problems.keep(id(row.field(&columns.buyer)));
    let state = problems.keep(state(row.field(&columns.state)));
    let (Some(key), Some(completed), Some(applied), Some(order), Some(buyer), Some(state)) =
        (key, completed, applied, order, buyer, state)
    else {
        return Found::Fault;
    };
    let done = state.unwrap_or(completed.is_some());
    if done && completed.is_none() {
        problems.push(row.field(&columns.completed).problem("退款已成功，却没有完成时间，这一行没有读入，请补上。"));
        return Found::Fault;
    }
    let amount = match problems.keep(positive(row.field(&columns.amount))) {
        Some(Some(amount)) => amount,
        // What was never paid back needs no amount.
        Some(None) if !done => rust_decimal::Decimal::ZERO,
        Some(None) => {
            problems.push(row.field(&columns.amount).problem("退款金额是空的，这一行没有读入，请补上（单位：元）。"));
            return Found::Fault;
        }
        None => return Found::Fault,
    };
    let Some(time) = completed.or(applied) else { return Found::Undated };
    Found::Refund(LedgerRow {
        time,
        kind: LedgerKind::Refund,
        id: key,
        buyer,
        amount,
        marketing: None,
        scene: None,
        valid: done,
        order,
        row: row.number,
    })
}

/// Whether the money went back; nothing when the cell is blank.
fn state(field: Field<'_>) -> Result<Option<bool>, Problem> {
    let Some(word) = text(field) else { return Ok(None) };
    let is = |words: &[&str]| words.iter().any(|part| word.contains(part));
    // 待退款成功 and 退款不成功 are none.
    let pending = is(&["待", "不", "未完成"]);
    if !pending && is(&["成功", "完成", "已退款", "已完结"]) {
        return Ok(Some(true));
    }
    if pending || is(&["中", "关闭", "取消", "拒绝", "撤销", "失败"]) {
        return Ok(Some(false));
    }
    Err(field.problem(format!("看不懂的退款状态“{}”，这一行没有读入；退款成功的请写“退款成功”。", shown(&word))))
}
