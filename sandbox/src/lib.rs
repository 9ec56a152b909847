//! xiaoer-sandbox
