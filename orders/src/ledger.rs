//! The ledger: what a merchant who has no export keeps by hand, one event a row.
//!
//! Header `time,kind,id,buyer,amount,marketing,scene,valid,order`, or the same in Chinese. It must never turn a blank `marketing` or `scene` into
//! "no": not knowing makes a range in the score, "no" makes a wrong figure.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::Read;
use crate::cell::{flag, id, positive, shown, text};
use crate::error::{Problem, Problems};
use crate::header::{Col, Column, Header};
use crate::sheet::{Field, Grid, Row};
use crate::time::time;

pub(crate) const COLUMNS: &[Column] = &[
    Column::required("time").or(&["时间", "发生时间"]),
    Column::required("kind").or(&["类型"]),
    Column::required("id").or(&["编号"]),
    Column::required("buyer").or(&["买家", "买家会员名"]),
    Column::required("amount").or(&["金额"]),
    Column::optional("marketing").or(&["数字营销"]),
    Column::optional("scene").or(&["场景"]),
    Column::optional("valid").or(&["有效"]),
    Column::optional("order").or(&["订单编号"]),
];

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LedgerKind {
    /// A paid order.
    Order,
    /// Money given back.
    Refund,
    /// A buyer's inquiry.
    Inquiry,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LedgerRow {
    /// On the shop's clock. A time written with an offset (RFC 3339) has been turned to +08:00.
    pub time: NaiveDateTime,
    /// What happened.
    pub kind: LedgerKind,
    /// Unique among events of its kind, so that importing twice changes nothing.
    pub id: String,
    /// Who; blank when not known.
    pub buyer: Option<String>,
    /// Yuan, never below zero, for refunds too; zero for an inquiry that names none.
    pub amount: Decimal,
    /// Whether it came through paid promotion (数字营销); `None` is not known.
    pub marketing: Option<bool>,
    /// On an order: whether its amount is scene turnover (大严选, 托管 and the like); `None` is not known.
    pub scene: Option<bool>,
    /// False for fake or forbidden business, which counts nowhere. Blank means true.
    pub valid: bool,
    /// The order that a refund undoes; blank when not known.
    pub order: Option<String>,
    /// From 1, as the file shows it.
    pub row: u32,
}

struct Columns {
    time: Col,
    kind: Col,
    id: Col,
    buyer: Col,
    amount: Col,
    marketing: Col,
    scene: Col,
    valid: Col,
    order: Col,
}

pub(crate) fn read(grid: &Grid, header: &Header) -> Read<LedgerRow> {
    let columns = Columns {
        time: header.col("time"),
        kind: header.col("kind"),
        id: header.col("id"),
        buyer: header.col("buyer"),
        amount: header.col("amount"),
        marketing: header.col("marketing"),
        scene: header.col("scene"),
        valid: header.col("valid"),
        order: header.col("order"),
    };
    let mut problems = Problems::default();
    let mut rows: Vec<LedgerRow> = Vec::new();
    let mut seen: HashMap<(LedgerKind, String), u32> = HashMap::new();
    for row in grid.below(header) {
        if let Some(problem) = row.fault(header) {
            problems.push(problem);
            continue;
        }
        let Some(event) = event(row, &columns, &mut problems) else {
            continue;
        };
        if let Some(first) = seen.get(&(event.kind, event.id.clone())) {
            let why = format!("编号 {} 在第 {first} 行已经出现过，这一行没有读入。", shown(&event.id));
            problems.push(row.field(&columns.id).problem(why));
            continue;
        }
        seen.insert((event.kind, event.id.clone()), event.row);
        rows.push(event);
    }
    Read { rows, problems: problems.finish(), dropped: 0 }
}

/// All cells are looked at before giving up, so that one upload shows all that is to be mended.
fn event(row: Row<'_>, columns: &Columns, problems: &mut Problems) -> Option<LedgerRow> {
    let time = problems.keep(row.required(&columns.time, time));
    let kind = problems.keep(row.required(&columns.kind, kind));
    let key = problems.keep(row.required(&columns.id, id));
    let buyer = problems.keep(id(row.field(&columns.buyer)));
    let amount = problems.keep(amount(row.field(&columns.amount), kind));
    let marketing = problems.keep(flag(row.field(&columns.marketing)));
    let scene = problems.keep(flag(row.field(&columns.scene)));
    let valid = problems.keep(flag(row.field(&columns.valid)));
    let order = problems.keep(id(row.field(&columns.order)));
    Some(LedgerRow {
        time: time?,
        kind: kind?,
        id: key?,
        buyer: buyer?,
        amount: amount?,
        marketing: marketing?,
        scene: scene?,
        valid: valid?.unwrap_or(true),
        order: order?,
        row: row.number,
    })
}

fn kind(field: Field<'_>) -> Result<Option<LedgerKind>, Problem> {
    match text(field).as_deref().map(str::to_ascii_lowercase).as_deref() {
        None => Ok(None),
        Some("order" | "订单") => Ok(Some(LedgerKind::Order)),
        Some("refund" | "退款") => Ok(Some(LedgerKind::Refund)),
        Some("inquiry" | "询盘") => Ok(Some(LedgerKind::Inquiry)),
        Some(other) => {
            let why = format!("“{}”应为 order（订单）、refund（退款）或 inquiry（询盘）之一。", shown(other));
            Err(field.problem(why))
        }
    }
}

fn amount(field: Field<'_>, kind: Option<LedgerKind>) -> Result<Decimal, Problem> {
    match positive(field)? {
        Some(amount) => Ok(amount),
        None if kind == Some(LedgerKind::Inquiry) => Ok(Decimal::ZERO),
        None => Err(field.problem("金额是空的，这一行没有读入，请补上（单位：元，退款也写正数）。")),
    }
}
