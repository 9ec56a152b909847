//! The clock that JavaScript's `Date` reads. It stands at the moment that the run holds fixed, in the shop's zone, so that a resumed
//! run sees the same times. It never moves while a script runs.
//!
//! The engine asks C's functions for the time; these two take their place (`--wrap` in the build script).

use std::sync::atomic::{AtomicI32, AtomicI64, Ordering};

static MILLISECONDS: AtomicI64 = AtomicI64::new(0);
static OFFSET: AtomicI32 = AtomicI32::new(0);

/// Stops the clock at a moment: milliseconds since 1970 and the zone's offset to UTC in seconds.
pub(crate) fn stop_at(milliseconds: i64, offset: i32) {
    MILLISECONDS.store(milliseconds, Ordering::Relaxed);
    OFFSET.store(offset, Ordering::Relaxed);
}

/// `struct tm` of the engine's C library; the engine reads the offset only.
#[repr(C)]
pub struct Tm {
    fields: [i32; 9],
    offset: i32,
    zone: usize,
    nanoseconds: i32,
}

#[unsafe(no_mangle)]
extern "C" fn __rquickjs_host_now_us() -> f64 {
    MILLISECONDS.load(Ordering::Relaxed) as f64 * 1000.0
}

#[unsafe(no_mangle)]
extern "C" fn __wrap_localtime_r<'a>(_time: &i64, out: &'a mut Tm) -> &'a mut Tm {
    *out = Tm { fields: [0; 9], offset: OFFSET.load(Ordering::Relaxed), zone: 0, nanoseconds: 0 };
    out
}
