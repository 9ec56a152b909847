//! What a shop's own past says about each kind of lever, before anything was entered.
//!
//! Careful on purpose: a ceiling is what the shop has shown it can do, not what it may hope for. Where the past says
//! nothing, the draft carries the question instead of a figure.

use chrono::NaiveDate;

use crate::event::Industry;
use crate::points::{Fen, Points};
use crate::rates::marginal;
use crate::score::window_days;

use super::entry::{Economics, part};
use super::estimate::Books;
use super::guess;
use super::history::{Group, History, MONTH};
use super::kind::LeverKind;
use super::lever::{Amount, Basis, Lever, Origin};

/// A lever before anything was entered.
pub(crate) struct Draft {
    pub(crate) lever: Lever,
    /// Why nothing can be said about it from the data alone.
    pub(crate) gap: Option<String>,
}

/// A shop's past towards one day, and what its sales are worth.
pub(crate) struct Past<'a> {
    books: &'a Books<'a>,
    pub(crate) economics: &'a Economics,
    history: History<'a>,
    /// Days until the date.
    ahead: i32,
    pub(crate) average: Option<Fen>,
}

impl<'a> Past<'a> {
    pub(crate) fn of(books: &'a Books<'a>, day: NaiveDate, economics: &'a Economics) -> Past<'a> {
        let history = History::of(books.ledger, books.as_of);
        let recent = history.recent();
        let average = economics.average_order.or_else(|| average(recent.turnover, recent.orders));
        let ahead = i32::try_from((day - books.as_of).num_days()).unwrap_or(0).max(0);
        Past { books, economics, history, ahead, average }
    }

    /// The levers of a kind, as the past shows them.
    pub(crate) fn drafts(&self, kind: LeverKind) -> Vec<Draft> {
        let consumer = self.books.industry == Industry::Consumer;
        let one = |draft: Draft| vec![draft];
        match kind {
            LeverKind::PromotionBuyers if consumer => one(self.promotion_buyers()),
            LeverKind::PromotionInquiries if !consumer => one(self.promotion_inquiries()),
            LeverKind::PromotionBuyers | LeverKind::PromotionInquiries => Vec::new(),
            LeverKind::WinBack | LeverKind::RepeatOrder => one(self.old_buyers(kind)),
            LeverKind::SceneTurnover => one(self.scene()),
            LeverKind::FewerRefunds => one(self.refunds()),
            LeverKind::LadderPrice => one(self.ladder()),
            LeverKind::MinimumOrder => one(self.minimum()),
            LeverKind::ResponseRate => one(self.response(consumer)),
            LeverKind::Verification => self.marks(),
        }
    }

    fn promotion_buyers(&self) -> Draft {
        let mut lever = self.begun(LeverKind::PromotionBuyers);
        let best = self.history.best(|month| count(month.marketing_buyers.len()));
        let recent = self.history.recent();
        lever.brings.new_buyer = true;
        lever.brings.marketing = true;
        match average(recent.marketing_turnover, recent.marketing_orders) {
            Some(worth) => {
                lever.brings.turnover = worth;
                let figure = Amount::Yuan(worth);
                self.shown(&mut lever, "数字营销每单金额（近 30 天平均）", figure, recent.marketing_orders);
            }
            None => self.worth(&mut lever),
        }
        self.flow(&mut lever, best, "过去最好的 30 天里数字营销带来的买家");
        let gap = (best == 0).then_some("过去没有记录到数字营销带来的买家：请填写到期前最多能带来几人");
        Draft { lever, gap: gap.map(str::to_owned) }
    }

    fn promotion_inquiries(&self) -> Draft {
        let mut lever = self.begun(LeverKind::PromotionInquiries);
        let best = self.history.best(|month| count(month.marketing_inquiries));
        lever.brings.marketing = true;
        lever.brings.inquiries = 1;
        self.flow(&mut lever, best, "过去最好的 30 天里数字营销带来的询盘");
        let gap = (best == 0).then_some("过去没有记录到数字营销带来的询盘：请填写到期前最多能带来几次");
        Draft { lever, gap: gap.map(str::to_owned) }
    }

    /// Buyers who drop out of the window bring their base again; buyers who stay bring turnover only.
    fn old_buyers(&self, kind: LeverKind) -> Draft {
        let mut lever = self.begun(kind);
        let window = window_days(self.books.pack);
        let back = kind == LeverKind::WinBack;
        let Group { mut people, natural, cases } =
            if back { self.history.fading(self.ahead, window) } else { self.history.staying(self.ahead, window) };
        let all = count(people.len());
        people.truncate(guess::NAMED);
        lever.brings.new_buyer = back;
        self.worth(&mut lever);
        let what = if back {
            "到期前会掉出窗口、之后没再下单的老客"
        } else {
            "到期时仍在窗口内的老客"
        };
        self.shown(&mut lever, what, Amount::Count(all), people.len() as u64);
        let gap = match natural {
            Some(natural) => {
                self.shown(&mut lever, "这样的老客自己会回来的比例，已扣除", Amount::PerMille(natural), cases);
                lever.basis.push(assumed("其余老客里请得动的比例", Amount::PerMille(guess::MOVED)));
                let rest = part(count(people.len()), 1000 - i64::from(natural), 1000);
                lever.ceiling = u32::try_from(part(rest, i64::from(guess::MOVED), 1000)).unwrap_or(0);
                lever.natural = natural;
                (lever.ceiling == 0).then_some("这样的老客太少，估不出请得动几人：有把握的话请填写人数")
            }
            None => Some("历史太短，算不出老客自己会回来的比例：请填写到期前最多能带回几人"),
        };
        lever.people = people;
        Draft { lever, gap: gap.map(str::to_owned) }
    }

    fn scene(&self) -> Draft {
        let mut lever = self.begun(LeverKind::SceneTurnover);
        lever.brings.scene_turnover = guess::THOUSAND;
        let best = self.history.best(|month| month.scene);
        let recent = self.history.recent();
        // A shop can double what its best month in scenes showed, but never more than it sells outside of them.
        let most = best.min((recent.turnover - recent.scene).max(0)) / guess::THOUSAND.0;
        self.flow(&mut lever, most, "过去最好的 30 天里场景成交的千元数（不超过场景外的成交）");
        let gap = (most == 0).then_some("过去没有记录到场景成交：请填写到期前最多能转到场景里的千元数");
        Draft { lever, gap: gap.map(str::to_owned) }
    }

    fn refunds(&self) -> Draft {
        let mut lever = self.begun(LeverKind::FewerRefunds);
        lever.brings.refund_avoided = guess::HUNDRED;
        let refunded = self.history.recent().refunded;
        let most = part(refunded, i64::from(guess::AVOIDABLE), 1000) / guess::HUNDRED.0;
        self.shown(&mut lever, "近 30 天退款", Amount::Yuan(Fen(refunded)), self.history.recent().orders);
        lever.basis.push(assumed("其中能避免的比例", Amount::PerMille(guess::AVOIDABLE)));
        if let Some(lag) = self.history.refund_lag() {
            let window = u32::try_from(window_days(self.books.pack)).unwrap_or(1);
            lever.lasts_days = Some(window.saturating_sub(lag).max(1));
            self.shown(&mut lever, "下单到退款的天数（中位数）", Amount::Days(lag), 1);
        }
        self.flow(&mut lever, most, "能避免的退款，百元数");
        let gap = (most == 0).then_some("近 30 天的退款太少，省不出一百元：有把握的话请填写百元数");
        Draft { lever, gap: gap.map(str::to_owned) }
    }

    fn ladder(&self) -> Draft {
        let mut lever = self.begun(LeverKind::LadderPrice);
        lever.brings.turnover = guess::THOUSAND;
        let recent = self.history.recent();
        let most = part(recent.turnover, i64::from(guess::LADDER), 1000) / guess::THOUSAND.0;
        self.shown(&mut lever, "近 30 天净成交额", Amount::Yuan(Fen(recent.turnover)), recent.orders);
        lever.basis.push(assumed("阶梯价能多带来的比例", Amount::PerMille(guess::LADDER)));
        self.flow(&mut lever, most, "阶梯价能多带来的千元数");
        let gap = (most == 0).then_some("近 30 天成交太少，估不出阶梯价能多带来多少：请填写千元数");
        Draft { lever, gap: gap.map(str::to_owned) }
    }

    /// Orders far below the average, raised to half of it.
    fn minimum(&self) -> Draft {
        let mut lever = self.begun(LeverKind::MinimumOrder);
        let floor = self.average.map_or(0, |average| average.0 / 2);
        let amounts = &self.history.recent().amounts;
        let small: Vec<i64> = amounts.iter().copied().filter(|amount| *amount < floor).collect();
        let raised: i64 = small.iter().map(|amount| floor - amount).sum();
        lever.brings.turnover = Fen(raised / count(small.len()).max(1));
        let cases = small.len() as u64;
        let worth = Amount::Yuan(lever.brings.turnover);
        self.shown(&mut lever, "每张小单抬到平均客单价一半，多出的金额", worth, cases);
        lever.basis.push(assumed("小单中肯凑的比例", Amount::PerMille(guess::RAISED)));
        let most = part(count(small.len()), i64::from(guess::RAISED), 1000);
        self.flow(&mut lever, most, "近 30 天肯凑的小单");
        let gap = (most == 0).then_some("近 30 天小单太少：有把握的话请填写到期前能抬高几单");
        Draft { lever, gap: gap.map(str::to_owned) }
    }

    /// An inquiry that is answered in time: counts in 工业品 only; everywhere else it is a gate, not points.
    fn response(&self, consumer: bool) -> Draft {
        let mut lever = self.begun(LeverKind::ResponseRate);
        lever.brings.inquiries = 1;
        let gap = if consumer {
            lever.brings.inquiries = 0;
            "消费品类店铺的询盘不加分；响应率只是高等级的门槛，请到健康指标里填写"
        } else {
            "没有数据能看出漏回了多少询盘：请填写到期前最多能多接住几次"
        };
        Draft { lever, gap: Some(gap.to_owned()) }
    }

    /// One lever for each mark that brings points and is not held.
    fn marks(&self) -> Vec<Draft> {
        let Books { pack, industry, inputs, .. } = self.books;
        let last = self.books.as_of + chrono::Days::new(u64::from(self.ahead.unsigned_abs()));
        let formula = industry.formula(pack);
        let held = |kind: &str| {
            let rate = formula.mark(kind);
            inputs
                .marks
                .iter()
                .filter(|mark| mark.held(last))
                .any(|mark| rate.is_some_and(|rate| rate.is_called(&mark.kind)))
        };
        marginal(pack, *industry)
            .marks
            .into_iter()
            .filter(|mark| !held(&mark.kind))
            .filter_map(|mark| {
                let points = mark.points.filter(|points| *points > Points::ZERO)?;
                let mut lever = self.begun(LeverKind::Verification);
                lever.id = format!("{}:{}", lever.id, mark.kind);
                lever.title = format!("{}：{}", lever.title, mark.kind);
                lever.brings.mark = points;
                lever.ceiling = 1;
                // A mark sells nothing by itself: its cost is a loss that the merchant must want.
                lever.margin = Some(Fen::ZERO);
                Some(Draft { lever, gap: None })
            })
            .collect()
    }

    fn begun(&self, kind: LeverKind) -> Lever {
        let mut lever = Lever::of(kind);
        if let Some(delay) = guess::delay(kind) {
            lever.delay_days = delay;
            lever.basis.push(assumed("多少天后见效", Amount::Days(delay)));
        }
        lever.spread = guess::spread(kind);
        lever.basis.push(assumed("效果的上下浮动", Amount::PerMille(lever.spread)));
        lever
    }

    /// What one order is worth: entered, or the mean of the last thirty days.
    fn worth(&self, lever: &mut Lever) {
        let worth = self.average.unwrap_or_default();
        lever.brings.turnover = worth;
        if self.economics.average_order.is_some() {
            lever.basis.push(entered("每单金额", Amount::Yuan(worth)));
        } else {
            self.shown(lever, "每单金额（近 30 天平均）", Amount::Yuan(worth), self.history.recent().orders);
        }
    }

    fn shown(&self, lever: &mut Lever, what: &str, figure: Amount, cases: u64) {
        let origin = Origin::Estimated { days: self.history.reach(), cases };
        lever.basis.push(Basis { what: what.to_owned(), figure, origin });
    }

    /// A lever that works a little every day: its month's ceiling, cut down to the days there are.
    fn flow(&self, lever: &mut Lever, month: i64, what: &str) {
        self.shown(lever, what, Amount::Count(month), u64::try_from(month).unwrap_or(0));
        let most = part(month, i64::from(self.ahead.min(MONTH)), i64::from(MONTH));
        lever.ceiling = u32::try_from(most).unwrap_or(0);
        lever.per_day = Some(u32::try_from(month.max(1)).unwrap_or(u32::MAX).div_ceil(MONTH.unsigned_abs()));
    }
}

pub(crate) fn entered(what: &str, figure: Amount) -> Basis {
    Basis { what: what.to_owned(), figure, origin: Origin::Entered }
}

fn assumed(what: &str, figure: Amount) -> Basis {
    Basis { what: what.to_owned(), figure, origin: Origin::Assumed }
}

fn average(sum: i64, of: u64) -> Option<Fen> {
    (of > 0).then(|| Fen(sum / count(of)))
}

fn count<N>(number: N) -> i64
where
    i64: TryFrom<N>,
{
    i64::try_from(number).unwrap_or(i64::MAX)
}
