//! Pictures of the shop: what a machine can see in a product picture, and the charts of a report.
//!
//! Bytes and values go in; findings or SVG text come out. Nothing here opens a file, asks a clock, draws lots or knows a shop:
//! the same input gives the same output, byte for byte, so a report drawn again is the same report.

pub mod chart;
mod decode;
mod inspect;

pub use chart::{Band, BarChart, BarKind, FanChart, Figure, Frame, Gauge, Level, LineChart, Point, Svg};
pub use decode::{InspectError, Limits, PictureFormat, thumbnail};
pub use inspect::{Inspection, inspect};
