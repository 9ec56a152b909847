//! xiaoer-sdk
