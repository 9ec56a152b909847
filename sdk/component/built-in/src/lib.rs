//! 库存预警 as a component: the staff's own source, compiled once more, and nothing else of the staff.

#[path = "../../../../skills/operations/stock_alert.rs"]
mod stock_alert;

xiaoer_component::skill!(stock_alert::StockAlert);
