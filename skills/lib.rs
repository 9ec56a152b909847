//! The staff.
