//! xiaoer
