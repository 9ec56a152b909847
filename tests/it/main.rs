//! The one integration binary: stories told from outside.

mod tidy;
