//! Which orders and refunds the last generations brought, in the order in which they were shown: ids only, and only in memory.
//!
//! It spares whoever follows a shop to look through all its days for one new row. It is never the only way to find one: who asks is told
//! all that came since a generation, or that it is not known. It is not known after a start, where another process has shown something,
//! where a sync went on with what a killed one left, and once too much has come.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use xiaoer_sdk::shop::{Order, Refund};

use super::row::Mirrored as _;

/// Rows of one shop that are remembered. Beyond that, looking through its days is as quick as looking up so many rows.
const MOST: usize = 4096;

/// What is new in the shops.
#[derive(Clone, Default)]
pub(super) struct News(Arc<Mutex<HashMap<String, Recent>>>);

/// Generations that follow one another without a gap, the oldest first.
#[derive(Default)]
struct Recent {
    steps: VecDeque<Step>,
    rows: usize,
}

/// One move of the head, and what it brought.
struct Step {
    before: u64,
    generation: u64,
    rows: Vec<(&'static str, String)>,
}

/// What one generation brings; nothing at all where that is not known.
pub(super) struct Brought(Option<Vec<(&'static str, String)>>);

impl Brought {
    /// Of a generation that is written here; `whole` unless somebody else has begun it.
    pub(super) fn new(whole: bool) -> Self {
        Self(whole.then(Vec::new))
    }

    pub(super) fn add(&mut self, kind: &'static str, id: &str) {
        if kind == Order::KIND || kind == Refund::KIND {
            self.0 = self.0.take().filter(|rows| rows.len() < MOST);
            self.0.iter_mut().for_each(|rows| rows.push((kind, id.to_owned())));
        }
    }
}

impl News {
    /// The head of a shop has moved. To be told in the order in which it moved, while nobody else moves it.
    pub(super) fn note(&self, shop: &str, (before, generation): (u64, u64), brought: Brought) {
        let mut shops = self.shops();
        let recent = shops.entry(shop.to_owned()).or_default();
        if recent.steps.back().is_some_and(|last| last.generation != before) {
            *recent = Recent::default();
        }
        let Some(rows) = brought.0 else {
            *recent = Recent::default();
            return;
        };
        recent.rows += rows.len();
        recent.steps.push_back(Step { before, generation, rows });
        // Steps that brought nothing of interest count too: a shop of products may have many.
        while recent.rows + recent.steps.len() > MOST {
            let Some(oldest) = recent.steps.pop_front() else { return };
            recent.rows -= oldest.rows.len();
        }
    }

    /// Ids of a kind that came after one generation, up to another; none if that is not known.
    pub(super) fn since(&self, shop: &str, kind: &str, (before, generation): (u64, u64)) -> Option<BTreeSet<String>> {
        let shops = self.shops();
        let steps = &shops.get(shop)?.steps;
        let first = steps.iter().rposition(|step| step.before == before)?;
        let last = steps.iter().rposition(|step| step.generation == generation)?;
        let since = (first <= last).then(|| steps.range(first..=last))?;
        Some(since.flat_map(|step| &step.rows).filter(|(of, _)| *of == kind).map(|(_, id)| id.clone()).collect())
    }

    fn shops(&self) -> MutexGuard<'_, HashMap<String, Recent>> {
        // Nothing panics while the map is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders(ids: &[&str]) -> Brought {
        let mut brought = Brought::new(true);
        ids.iter().for_each(|id| brought.add(Order::KIND, id));
        brought
    }

    fn since(news: &News, before: u64, generation: u64) -> Option<Vec<String>> {
        news.since("a", Order::KIND, (before, generation)).map(|ids| ids.into_iter().collect())
    }

    #[test]
    fn all_that_came_is_told_or_nothing() {
        let news = News::default();
        assert_eq!(since(&news, 3, 4), None, "nothing was heard yet");
        news.note("a", (3, 4), orders(&["1"]));
        news.note("a", (4, 9), orders(&["2", "1"]));
        news.note("b", (9, 10), orders(&["3"]));
        assert_eq!(since(&news, 3, 9), Some(vec!["1".into(), "2".into()]));
        assert_eq!(since(&news, 4, 9), Some(vec!["1".into(), "2".into()]));
        assert_eq!(since(&news, 3, 4), Some(vec!["1".into()]));
        for (before, generation) in [(2, 9), (3, 10), (9, 4), (5, 9), (9, 9)] {
            assert_eq!(since(&news, before, generation), None, "{before} to {generation}");
        }
        assert_eq!(news.since("a", Refund::KIND, (3, 9)), Some(BTreeSet::new()));
    }

    #[test]
    fn what_another_process_has_shown_or_begun_is_a_gap() {
        let news = News::default();
        news.note("a", (1, 2), orders(&["1"]));
        news.note("a", (3, 4), orders(&["2"]));
        assert_eq!((since(&news, 1, 4), since(&news, 3, 4)), (None, Some(vec!["2".into()])));
        news.note("a", (4, 5), Brought::new(false));
        assert_eq!(since(&news, 4, 5), None);
        news.note("a", (5, 6), orders(&["3"]));
        assert_eq!((since(&news, 4, 6), since(&news, 5, 6)), (None, Some(vec!["3".into()])));
    }

    #[test]
    fn the_oldest_are_forgotten_first_and_a_flood_is_not_kept_at_all() {
        let news = News::default();
        for n in 0..5000_u64 {
            news.note("a", (n, n + 1), orders(&["1"]));
        }
        assert_eq!(since(&news, 0, 5000), None);
        assert_eq!(since(&news, 4000, 5000), Some(vec!["1".into()]));
        let mut flood = orders(&[]);
        (0..=MOST).for_each(|n| flood.add(Order::KIND, &n.to_string()));
        news.note("a", (5000, 5001), flood);
        assert_eq!(since(&news, 5000, 5001), None);
        assert_eq!(news.shops()["a"].steps.len(), 0);
    }
}
