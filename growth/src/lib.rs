//! xiaoer-growth
