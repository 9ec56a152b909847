//! The 1688 order export, where an order with n lines takes n rows.
//!
//! In the workbook the order's own cells are merged over these rows: the value stands in the first, the others are blank.
//! Saved as CSV the blanks stay, and some tools write the value into every row instead. All three read the same here:
//!
//! - A row with a new 订单编号 starts an order; its amounts are taken from this row and never again, or 494 orders become 8,942.
//! - A row with the same number belongs to the order above.
//! - A row without a number belongs to it if the merged cell of 订单编号 reaches down to it. Where the file has no merged
//!   cells, it belongs if it follows without a gap. Any other such row (a line of sums, a damaged order) is named.
//! - A number that was finished and comes again is a second copy, as when two exports are pasted together. Its rows are
//!   named and left out, unless 货品种类 says that the order still lacks lines (then somebody has re-sorted the rows).

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::Read;
use crate::cell::{decimal, id, positive, text};
use crate::error::{Problem, Problems};
use crate::header::Header;
use crate::order::{LineRow, OrderRow};
use crate::order_columns::Columns;
use crate::sheet::{Field, Grid, Row};
use crate::time::time;

pub(crate) fn read(grid: &Grid, header: &Header) -> Read<OrderRow> {
    let mut fold = Fold::new(grid, header);
    for row in grid.below(header) {
        fold.row(row);
    }
    Read { rows: fold.orders, problems: fold.problems.finish(), dropped: 0 }
}

/// Where the next line would go.
enum Current {
    /// Nowhere yet.
    Nothing,
    /// To this order.
    Order(usize),
    /// Nowhere: its order was named as a problem. With its number, so that each further row is not named again.
    Skipped(String),
}

struct Fold<'h> {
    header: &'h Header,
    columns: Columns,
    /// First row → last row of each merged 订单编号; `None` when the file merges none.
    merged: Option<HashMap<u32, u32>>,
    orders: Vec<OrderRow>,
    /// Beside each order: the lines it should have by 货品种类, where that is a number, and the lines met so far.
    lines: Vec<(Option<u64>, u64)>,
    seen: HashMap<String, usize>,
    problems: Problems,
    current: Current,
    last_row: u32,
    covered_to: u32,
}

impl<'h> Fold<'h> {
    fn new(grid: &Grid, header: &'h Header) -> Self {
        let columns = Columns::of(header);
        let mut merged = None;
        for merge in grid.merges.iter().filter(|merge| columns.number.index == Some(merge.column)) {
            merged.get_or_insert_with(HashMap::new).insert(merge.first_row, merge.last_row);
        }
        Self {
            header,
            columns,
            merged,
            orders: Vec::new(),
            lines: Vec::new(),
            seen: HashMap::new(),
            problems: Problems::default(),
            current: Current::Nothing,
            last_row: 0,
            covered_to: 0,
        }
    }

    fn row(&mut self, row: Row<'_>) {
        let number = id(row.field(&self.columns.number));
        let follows = self.follows(row.number);
        self.last_row = row.number;
        if let Some(to) = self.merged.as_ref().and_then(|merged| merged.get(&row.number)) {
            self.covered_to = *to;
        }
        let number = match number {
            Ok(number) => number,
            Err(problem) => {
                self.problems.push(problem);
                self.current = Current::Skipped(String::new());
                return;
            }
        };
        let starts = match &number {
            None if follows => None,
            None => return self.orphan(row),
            Some(number) if self.is_current(number) => None,
            Some(number) => Some(number.clone()),
        };
        if let Some(problem) = row.fault(self.header) {
            self.problems.push(problem);
            if let Some(number) = starts {
                self.current = Current::Skipped(number);
            }
            return;
        }
        match starts {
            Some(number) => self.start(row, number),
            None => self.check_repeated(row),
        }
        if let Current::Order(at) = self.current {
            self.line(row, at);
        }
    }

    /// Whether a row without a number belongs to what is above it.
    fn follows(&self, row: u32) -> bool {
        match (&self.current, &self.merged) {
            (Current::Nothing, _) => false,
            (_, Some(_)) => row <= self.covered_to,
            (_, None) => row == self.last_row + 1,
        }
    }

    fn is_current(&self, number: &str) -> bool {
        match &self.current {
            Current::Nothing => false,
            Current::Order(at) => self.orders[*at].number == number,
            Current::Skipped(skipped) => skipped == number,
        }
    }

    fn orphan(&mut self, row: Row<'_>) {
        let why = "这一行没有订单编号，也不属于上面的订单，没有读入，请检查是否为合计行或内容不全。";
        self.problems.push(row.field(&self.columns.number).problem(why));
        self.current = Current::Nothing;
    }

    fn start(&mut self, row: Row<'_>, number: String) {
        if let Some(&at) = self.seen.get(&number) {
            let (due, met) = self.lines[at];
            if due.is_some_and(|due| met < due) {
                self.current = Current::Order(at);
                return self.check_repeated(row);
            }
            let why = format!("订单 {number} 在第 {} 行已经出现过，这里的重复内容没有读入。", self.orders[at].row);
            self.problems.push(row.field(&self.columns.number).problem(why));
            self.current = Current::Skipped(number);
            return;
        }
        self.current = match self.order(row, &number) {
            Some(order) => {
                let due =
                    positive(row.field(&self.columns.line_count)).ok().flatten().and_then(|n| u64::try_from(n).ok());
                self.seen.insert(number, self.orders.len());
                self.lines.push((due, 0));
                self.orders.push(order);
                Current::Order(self.orders.len() - 1)
            }
            None => Current::Skipped(number),
        };
    }

    /// The order's own cells. Without state, time or amount it would count wrongly, so then there is no order; what else
    /// cannot be read is named and left out.
    fn order(&mut self, row: Row<'_>, number: &str) -> Option<OrderRow> {
        let columns = &self.columns;
        let problems = &mut self.problems;
        let status = problems.keep(row.required(&columns.status, |field| Ok(text(field))));
        let created = problems.keep(row.required(&columns.created, time));
        let paid = problems.keep(time(row.field(&columns.paid))).flatten();
        let paid_amount = problems.keep(paid_amount(row, columns));
        let goods_total = problems.keep(positive(row.field(&columns.goods))).flatten();
        let freight = problems.keep(positive(row.field(&columns.freight))).flatten();
        let adjustment = problems.keep(decimal(row.field(&columns.adjustment))).flatten();
        let waybill = problems.keep(id(row.field(&columns.waybill))).flatten();
        Some(OrderRow {
            number: number.to_owned(),
            buyer: text(row.field(&columns.buyer)),
            buyer_company: text(row.field(&columns.company)),
            status: status?,
            created: created?,
            paid,
            goods_total,
            freight,
            adjustment,
            paid_amount: paid_amount?,
            lines: Vec::new(),
            message: text(row.field(&columns.message)),
            carrier: text(row.field(&columns.carrier)),
            waybill,
            row: row.number,
        })
    }

    /// An amount that is written again in a later row must be the same one; it is not added.
    fn check_repeated(&mut self, row: Row<'_>) {
        let Current::Order(at) = self.current else {
            return;
        };
        let field = row.field(&self.columns.paid_amount);
        let first = &self.orders[at];
        if positive(field).is_ok_and(|again| again.is_none_or(|again| again == first.paid_amount)) {
            return;
        }
        let why = format!("与订单 {} 第 {} 行的金额不一致，按第 {} 行计算。", first.number, first.row, first.row);
        self.problems.push(field.problem(why));
    }

    fn line(&mut self, row: Row<'_>, at: usize) {
        let columns = &self.columns;
        let cells = [&columns.title, &columns.price, &columns.quantity, &columns.offer, &columns.sku];
        if cells.into_iter().all(|col| row.field(col).text.is_empty()) {
            return;
        }
        self.lines[at].1 += 1;
        let problems = &mut self.problems;
        let price = problems.keep(row.required(&columns.price, positive));
        let quantity = problems.keep(row.required(&columns.quantity, above_zero));
        let offer_id = problems.keep(id(row.field(&columns.offer))).flatten();
        let sku_id = problems.keep(id(row.field(&columns.sku))).flatten();
        let (Some(price), Some(quantity)) = (price, quantity) else {
            return;
        };
        self.orders[at].lines.push(LineRow {
            title: text(row.field(&columns.title)).unwrap_or_default(),
            offer_id,
            sku_id,
            article: text(row.field(&columns.variant_article)).or_else(|| text(row.field(&columns.article))),
            price,
            quantity,
            unit: text(row.field(&columns.unit)),
            row: row.number,
        });
    }
}

/// 实付款 may be blank only where nothing was paid.
fn paid_amount(row: Row<'_>, columns: &Columns) -> Result<Decimal, Problem> {
    let field = row.field(&columns.paid_amount);
    match positive(field)? {
        Some(amount) => Ok(amount),
        None if row.field(&columns.paid).text.is_empty() => Ok(Decimal::ZERO),
        None => Err(field.problem("订单已付款，但没有写实付款，这个订单没有读入，请补上后重新上传。")),
    }
}

fn above_zero(field: Field<'_>) -> Result<Option<Decimal>, Problem> {
    match positive(field)? {
        Some(quantity) if quantity.is_zero() => Err(field.problem("数量是 0，这一行货品没有读入，请检查后改正。")),
        quantity => Ok(quantity),
    }
}
