//! xiaoer-media
