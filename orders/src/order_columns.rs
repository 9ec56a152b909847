//! The columns of the 1688 order export that are read, and the titles they go by.
//!
//! 收货人姓名, 收货地址, 邮编, 联系电话 and 联系手机 are absent on purpose and must stay so: what is not read cannot leak.

use crate::header::{Col, Column, Header};

pub(crate) const COLUMNS: &[Column] = &[
    Column::required("订单编号").or(&["订单号"]),
    Column::required("买家会员名").or(&["买家会员"]),
    Column::required("实付款"),
    Column::required("订单状态"),
    Column::required("订单创建时间").or(&["创建时间"]),
    Column::optional("买家公司名"),
    Column::optional("货品总价"),
    Column::optional("运费"),
    Column::optional("涨价或折扣").or(&["订单改价"]),
    Column::optional("订单付款时间").or(&["付款时间"]),
    Column::optional("货品标题"),
    Column::optional("单价"),
    Column::optional("数量"),
    Column::optional("单位"),
    Column::optional("货号"),
    Column::optional("单品货号"),
    Column::optional("Offer ID"),
    Column::optional("SKU ID"),
    Column::optional("货品种类"),
    Column::optional("买家留言"),
    Column::optional("物流公司"),
    Column::optional("运单号"),
];

/// Where each of them stands in the file in hand.
pub(crate) struct Columns {
    pub(crate) number: Col,
    pub(crate) buyer: Col,
    pub(crate) company: Col,
    pub(crate) status: Col,
    pub(crate) created: Col,
    pub(crate) paid: Col,
    pub(crate) goods: Col,
    pub(crate) freight: Col,
    pub(crate) adjustment: Col,
    pub(crate) paid_amount: Col,
    pub(crate) title: Col,
    pub(crate) price: Col,
    pub(crate) quantity: Col,
    pub(crate) unit: Col,
    pub(crate) article: Col,
    pub(crate) variant_article: Col,
    pub(crate) offer: Col,
    pub(crate) sku: Col,
    pub(crate) line_count: Col,
    pub(crate) message: Col,
    pub(crate) carrier: Col,
    pub(crate) waybill: Col,
}

impl Columns {
    pub(crate) fn of(header: &Header) -> Self {
        Self {
            number: header.col("订单编号"),
            buyer: header.col("买家会员名"),
            company: header.col("买家公司名"),
            status: header.col("订单状态"),
            created: header.col("订单创建时间"),
            paid: header.col("订单付款时间"),
            goods: header.col("货品总价"),
            freight: header.col("运费"),
            adjustment: header.col("涨价或折扣"),
            paid_amount: header.col("实付款"),
            title: header.col("货品标题"),
            price: header.col("单价"),
            quantity: header.col("数量"),
            unit: header.col("单位"),
            article: header.col("货号"),
            variant_article: header.col("单品货号"),
            offer: header.col("Offer ID"),
            sku: header.col("SKU ID"),
            line_count: header.col("货品种类"),
            message: header.col("买家留言"),
            carrier: header.col("物流公司"),
            waybill: header.col("运单号"),
        }
    }
}
