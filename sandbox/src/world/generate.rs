//! A believable wholesale shop out of a name and a seed.

use super::dice::Dice;
use super::index::Index;
use super::{Buyer, Industry, Place, Profile, Seed, Shop, catalogue, live};
use crate::clock::Day;

/// A generated shop whose first orders are of `origin`. Its days are written by `World::advance`.
pub(crate) fn shop(name: &str, seed: u64, industry: Industry, origin: Day) -> Shop {
    // Two shops of one seed must not be twins.
    let value = Dice::of(seed, name, 0).next();
    let buyers = (0..live::buyers(industry)).map(|number| Buyer::made_up(value, number, industry)).collect();
    Shop {
        profile: profile(name, value, industry),
        products: catalogue::products(value, industry),
        buyers,
        orders: Vec::new(),
        index: Index::default(),
        seed: Some(Seed { value, industry, a_day: None }),
        next_day: origin,
        until: None,
        generation: 0,
    }
}

/// The identity of a shop with this name.
pub(crate) fn profile(name: &str, value: u64, industry: Industry) -> Profile {
    let mut dice = Dice::of(value, "profile", 0);
    let user_id = 2_300_000_000 + dice.between(0, 99_999_999);
    let (city, area, code) = match industry {
        Industry::Consumer => ("金华市", "义乌市", "330782"),
        Industry::Industrial => ("台州市", "玉环市", "331083"),
    };
    Profile {
        name: name.to_owned(),
        member_id: format!("b2b-{user_id}"),
        user_id,
        login_id: format!("shop{user_id}"),
        company: format!("{}{name}有限公司", area.trim_end_matches('市')),
        contact: "陈晓雯".to_owned(),
        industry,
        place: Place {
            province: "浙江".to_owned(),
            city: city.to_owned(),
            area: area.to_owned(),
            code: code.to_owned(),
        },
        joined: catalogue::opening(),
    }
}

impl Shop {
    /// The shop stops taking orders at `at`.
    pub(crate) fn stand_still(&mut self, at: crate::clock::Moment) {
        self.until = Some(at);
    }

    /// The shop takes about this many orders a day instead of the usual few dozen.
    pub(crate) fn trade(&mut self, a_day: u32) {
        self.seed = self.seed.map(|seed| Seed { a_day: Some(a_day), ..seed });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::clock::Moment;
    use crate::world::World;
    use crate::world::order::OrderView;
    use crate::world::refund::RefundStatus;

    fn at(stamp: &str) -> Moment {
        Moment::from_stamp(stamp).expect("a stamp")
    }

    fn opened(seed: u64, days: i64, now: Moment) -> World {
        let shop = shop("演示店铺", seed, Industry::Consumer, now.day().plus(-days));
        let mut world = World { shops: vec![shop] };
        assert!(world.advance(now));
        world
    }

    /// Points by the candidate consumer rates, counted the plain way.
    fn points(views: &[OrderView<'_>]) -> i64 {
        let buyers: HashSet<usize> = views.iter().map(|view| view.order.buyer).collect();
        let promoted: HashSet<usize> =
            views.iter().filter(|view| view.order.source.marketing).map(|view| view.order.buyer).collect();
        let fen: i64 = views.iter().map(|view| view.order.total() - view.refunded()).sum();
        let scene: i64 = views.iter().filter(|view| view.order.source.scene).map(|view| view.order.total()).sum();
        let count = |set: &HashSet<usize>| i64::try_from(set.len()).expect("few");
        count(&buyers) + fen / 100_000 + 3 * count(&promoted) + 3 * scene / 100_000
    }

    #[test]
    fn the_shop_stands_between_two_levels_and_has_open_work_on_any_day_and_seed() {
        for (seed, now) in [
            (1688, "20261123100000000+0800"),
            (1688, "20261205100000000+0800"),
            (1688, "20270201100000000+0800"),
            (5, "20261123100000000+0800"),
            (99, "20270601100000000+0800"),
        ] {
            let now = at(now);
            let world = opened(seed, 120, now);
            let start = now.day().plus(-30).start();
            let all: Vec<OrderView<'_>> = world.shops[0].orders_at(now).collect();
            let refunds: Vec<RefundStatus> =
                all.iter().filter_map(|view| view.refund.map(|(_, step)| step.status)).collect();
            let waiting = refunds.iter().filter(|status| **status == RefundStatus::WaitSellerAgree).count();
            let window: Vec<OrderView<'_>> =
                all.into_iter().filter(|view| view.is_paid() && view.order.life.created >= start).collect();
            let fen: i64 = window.iter().map(|view| view.order.total()).sum();
            let what = format!(
                "seed {seed} {}: {} points, {} yuan, {waiting} of {} refunds wait",
                now.civil_text(),
                points(&window),
                fen / 100,
                refunds.len()
            );
            assert!((650..1_000).contains(&points(&window)), "{what}");
            assert!((5_500_000..9_900_000).contains(&fen), "{what}");
            assert!(waiting >= 3, "{what}");
        }
    }

    #[test]
    fn a_day_looks_the_same_whenever_it_is_computed() {
        let today = at("20261123100000000+0800");
        let early = opened(7, 40, at("20261101100000000+0800"));
        let late = opened(7, 20, today);
        let ids = |world: &World, now: Moment| -> Vec<(i64, &'static str, i64)> {
            let from = at("20261110000000000+0800");
            let views = world.shops[0].orders_at(now).filter(|view| view.order.life.created >= from);
            views.map(|view| (view.order.id, view.status.wire(), view.order.total())).collect()
        };
        let mut grown = early;
        assert!(grown.advance(today));
        assert!(ids(&late, today).len() > 200);
        assert_eq!(ids(&grown, today), ids(&late, today));
    }

    #[test]
    fn a_clock_set_absurdly_far_ahead_is_refused_and_not_computed() {
        let mut world = opened(7, 2, at("20261123100000000+0800"));
        assert!(!world.advance(at("99990101000000000+0800")));
    }
}
