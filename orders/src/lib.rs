//! xiaoer-orders
