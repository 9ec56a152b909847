//! What a host computes for a fake shop with the growth crate: score, forecast, plan.

use chrono::{Days, NaiveDate};
use xiaoer_sdk::growth::forecast::{self, Basis, Forecast, ForecastWish};
use xiaoer_sdk::growth::plan::{self, Books, Ground, PlanError, PlanWish};
use xiaoer_sdk::growth::{self, Event, EventKind, Fen, Ledger, RulePack};
use xiaoer_sdk::shop::{Order, OrderStatus};
use xiaoer_sdk::{Answer, CallError, Planned};

use crate::rows::{days_ago, order};
use crate::shop::FakeShop;

/// A shop's rules and events as of a day.
pub(crate) struct Growing<'a> {
    shop: &'a FakeShop,
    as_of: NaiveDate,
    pack: RulePack,
    ledger: Ledger,
}

impl<'a> Growing<'a> {
    pub(crate) fn of(shop: &'a FakeShop, as_of: NaiveDate) -> Self {
        let (pack, _) = growth::pack_for(as_of);
        let pack = pack.corrected(&shop.corrections).expect("corrections that hold together");
        let ledger = Ledger::of(shop.orders.iter().filter_map(event)).expect("rows make events");
        Self { shop, as_of, pack, ledger }
    }

    fn basis(&self) -> Basis<'_> {
        let FakeShop { industry, inputs, .. } = self.shop;
        Basis { pack: &self.pack, industry: *industry, ledger: &self.ledger, inputs }
    }

    pub(crate) fn score(&self) -> Answer {
        let card = growth::score(&self.pack, self.shop.industry, self.as_of, &self.ledger, &self.shop.inputs);
        Answer::Score { card: Box::new(card), marginal: growth::marginal(&self.pack, self.shop.industry) }
    }

    /// Few paths: a story needs the shape of an answer, not its last digit.
    fn ahead(&self, days: u32) -> ForecastWish {
        let judging_day = self.judged(self.as_of + Days::new(u64::from(days)));
        ForecastWish { days, paths: 200, judging_day, ..ForecastWish::default() }
    }

    /// The last judging day up to a day; where there is none so soon, the first one.
    fn judged(&self, by: NaiveDate) -> Option<NaiveDate> {
        let first = self.pack.next_judging_day(self.as_of);
        let all = std::iter::successors(first, |day| self.pack.next_judging_day(*day));
        all.take_while(|day| *day <= by).last().or(first)
    }

    pub(crate) fn forecast(&self, days: u32) -> Forecast {
        forecast::forecast(&self.basis(), self.as_of, &self.ahead(days))
    }

    pub(crate) fn plan(&self, wish: PlanWish) -> Result<Answer, CallError> {
        let judging_day = self.judged(wish.by);
        let wish = PlanWish { worth: self.shop.worth, judging_day, ..wish };
        let day = wish.judging_day.unwrap_or(wish.by);
        let days = u32::try_from((day - self.as_of).num_days()).expect("a day ahead");
        let FakeShop { industry, inputs, economics, levers, earlier, .. } = self.shop;
        let books = Books { pack: &self.pack, industry: *industry, ledger: &self.ledger, inputs, as_of: self.as_of };
        let estimated = plan::estimate(&books, day, economics, levers);
        let record: Vec<_> = earlier.iter().flat_map(|plan| plan.realised.clone()).collect();
        let levers = plan::learn(&estimated, &record);
        let earlier = earlier.clone();
        let Some(outlook) = forecast::outlook(&self.basis(), self.as_of, &self.ahead(days)) else {
            let why_not = self.forecast(days).why_not;
            return Ok(Answer::Plan(Box::new(Planned { plan: None, why_not, levers, earlier })));
        };
        let present = growth::score(&self.pack, *industry, self.as_of, &self.ledger, inputs).points.total;
        let ground = Ground { pack: &self.pack, industry: *industry, inputs, present, outlook: &outlook };
        match plan::plan(&ground, &levers, &wish) {
            Ok(plan) => Ok(Answer::Plan(Box::new(Planned { plan: Some(plan), why_not: None, levers, earlier }))),
            Err(PlanError::UnknownLevel(level)) => Err(CallError::NotFound { what: level }),
            Err(error) => Err(CallError::Broken { why: error.to_string() }),
        }
    }
}

/// So many new buyers a day for so many days, the last of them the day of the report; every fourth by 数字营销. Days differ a little.
pub(crate) fn trading(days: u64, buyers: impl Fn(u64) -> u64) -> FakeShop {
    let mut shop = FakeShop::default();
    for back in 0..days {
        for n in 0..buyers(back) + back * 7 % 3 {
            let id = format!("{back}-{n}");
            let mut order = order(&id, &format!("b{id}"), days_ago(back), "300.00");
            order.marketing = Some(n % 4 == 3);
            shop.orders.push(order);
        }
    }
    shop
}

/// The same shop with its costs told: 250 yuan margin on 1000, and a price for the levers that need one.
pub(crate) fn told_costs(mut shop: FakeShop) -> FakeShop {
    let cost = |lever: &str, yuan: i64| (lever.to_owned(), Fen(yuan * 100));
    shop.economics.margin_per_thousand = Some(Fen(25_000));
    shop.economics.unit_costs =
        [cost("promotion_buyers", 20), cost("win_back", 5), cost("fewer_refunds", 0), cost("ladder_price", 30)].into();
    shop
}

fn event(order: &Order) -> Option<Event> {
    Some(Event {
        at: order.paid?.naive_local(),
        id: order.id.clone(),
        kind: EventKind::Order {
            buyer: order.buyer.clone(),
            amount: Fen::from_yuan(order.total).expect("whole fen"),
            marketing: order.marketing,
            scene: order.scene,
            valid: order.valid && order.status != OrderStatus::Closed,
        },
    })
}
