//! Order and refund numbers: beyond 2^53, as the platform's are, so that a client that reads them as floats breaks.

use crate::clock::Day;

/// Numbers an order, from what makes it unique. Lines of one order are numbered from 1; the order itself is 0.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Serial {
    pub(crate) shop: i64,
    pub(crate) day: Day,
    /// Position within the day, below 2,000.
    pub(crate) number: i64,
}

impl Serial {
    pub(crate) fn order(self) -> i64 {
        self.part(0)
    }

    /// A line of an order that has several; the line of a one-line order has the order's own number.
    pub(crate) fn line(self, position: usize, lines: usize) -> i64 {
        if lines == 1 { self.order() } else { self.part(1 + i64::try_from(position).unwrap_or(0)) }
    }

    pub(crate) fn refund(self) -> i64 {
        100_000_000_000_000_000 + self.day.0 * 1_000_000_000_000 + self.number * 10_000_000 + self.tail()
    }

    fn part(self, part: i64) -> i64 {
        2_900_000_000_000_000_000
            + self.day.0 * 1_000_000_000_000
            + (self.number * 50 + part) * 10_000_000
            + self.tail()
    }

    /// Odd, so that no float holds the number exactly.
    fn tail(self) -> i64 {
        (self.shop % 1_000_000).abs() * 10 + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_float_holds_an_order_number() {
        let serial = Serial { shop: 123_456, day: Day(20_780), number: 1_999 };
        for id in [serial.order(), serial.line(2, 3), serial.refund()] {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_precision_loss,
                reason = "the loss is what is tested"
            )]
            let rounded = id as f64 as i64;
            assert_ne!(rounded, id);
        }
        assert_eq!(serial.line(0, 1), serial.order());
        assert!(serial.line(48, 49) < Serial { number: 2_000, ..serial }.order());
    }
}
