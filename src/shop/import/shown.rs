//! Rows of a file as a preview shows them: the cells as they were understood, under the titles that merchants know.

use rust_decimal::Decimal;
use xiaoer_orders::{InvoiceOrder, LedgerKind, LedgerRow, OrderRow, OrderState, Table};

/// Rows that are shown.
const SHOWN: usize = 8;

/// Titles, and the first rows under them.
pub(super) fn first_rows(table: &Table) -> (Vec<String>, Vec<Vec<String>>) {
    let (titles, rows): (&[&str], Vec<Vec<String>>) = match table {
        Table::Orders(read) => {
            (&["订单编号", "买家", "状态", "付款时间", "实付款", "商品行"], first(&read.rows, order))
        }
        Table::Ledger(read) | Table::Refunds(read) => {
            (&["编号", "类型", "时间", "买家", "金额", "计入"], first(&read.rows, ledger))
        }
        Table::Costs(read) => (
            &["Offer ID", "SKU ID", "成本"],
            first(&read.rows, |row| {
                let sku = row.sku_id.clone().unwrap_or_else(|| "所有规格".into());
                vec![row.offer_id.clone(), sku, yuan(Some(row.cost))]
            }),
        ),
        Table::Traffic(read) | Table::Ads(read) => (
            &["日期", "展现次数", "访客数", "推广花费"],
            first(&read.rows, |row| {
                vec![row.date.to_string(), count(row.impressions), count(row.visitors), yuan(row.ad_spend)]
            }),
        ),
        Table::Inquiries(read) => (
            &["询盘时间", "买家", "编号", "数字营销", "有效"],
            first(&read.rows, |row| {
                let (marketing, valid) = (word(row.marketing), word(Some(row.valid)));
                vec![row.time.to_string(), row.buyer.clone(), row.id.clone(), marketing, valid]
            }),
        ),
        Table::Marks(read) => (
            &["订单编号", "数字营销", "场景", "有效"],
            first(&read.rows, |row| vec![row.order.clone(), word(row.marketing), word(row.scene), word(row.valid)]),
        ),
        Table::Invoices(read) => (&["发票号", "时间", "买家", "金额", "商品行"], first(&read.rows, invoice)),
    };
    (titles.iter().map(|&title| title.to_owned()).collect(), rows)
}

fn first<T>(rows: &[T], cells: impl Fn(&T) -> Vec<String>) -> Vec<Vec<String>> {
    rows.iter().take(SHOWN).map(cells).collect()
}

fn order(row: &OrderRow) -> Vec<String> {
    let state = match row.state() {
        OrderState::Other => format!("{}（未识别）", row.status),
        _ => row.status.clone(),
    };
    let paid = row.paid.map(|at| at.to_string()).unwrap_or_default();
    let buyer = row.buyer.clone().unwrap_or_default();
    vec![row.number.clone(), buyer, state, paid, yuan(Some(row.paid_amount)), row.lines.len().to_string()]
}

fn ledger(row: &LedgerRow) -> Vec<String> {
    let kind = match row.kind {
        LedgerKind::Order => "订单",
        LedgerKind::Refund => "退款",
        LedgerKind::Inquiry => "询盘",
    };
    let buyer = row.buyer.clone().unwrap_or_default();
    vec![row.id.clone(), kind.into(), row.time.to_string(), buyer, yuan(Some(row.amount)), word(Some(row.valid))]
}

fn invoice(row: &InvoiceOrder) -> Vec<String> {
    let buyer = row.buyer.clone().unwrap_or_default();
    vec![row.number.clone(), row.time.to_string(), buyer, yuan(Some(row.amount)), row.lines.len().to_string()]
}

fn yuan(amount: Option<Decimal>) -> String {
    amount.map_or_else(|| "不知道".into(), |amount| format!("{} 元", amount.normalize()))
}

fn count(number: Option<u64>) -> String {
    number.map_or_else(|| "不知道".into(), |number| number.to_string())
}

fn word(flag: Option<bool>) -> String {
    flag.map_or("不知道", |yes| if yes { "是" } else { "否" }).into()
}
