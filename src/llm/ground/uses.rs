//! Whether each figure of a clause is used for what it is: its name, its days, what it is held against, and the place it stands in.
//! Nothing is said here about which way a change goes; that is in `claims`.

use xiaoer_sdk::{Fact, Facts, Value};

use super::Problem;
use super::claims::Lead;
use super::clause::Clause;
use super::days::{names_days, period_fits, same_days, speaks_of_days, without_days};
use super::evidence::{
    acts_for_another, alike, is_change, of_another_before, speaks_of_change, spoken_for_another, unnamed_of_another,
};
use super::names::level_fits;
use super::naming::{Place, joined, misnamed};
use super::subject::{base_fits, day_fits, kind_fits, subject, subjects};
use super::topics::{What, mentions, topics_of};

/// One figure where it stands.
struct Use<'a, 'b> {
    clause: &'b Clause<'a>,
    lead: &'b Lead<'a>,
    facts: &'b Facts,
    fact: &'a Fact,
    /// Its place among the figures of the clause.
    order: usize,
    /// What stands before it, from the figure before it; 支付金额： before the clause is part of it.
    piece: String,
    /// The same, and what opened the clause.
    opened: String,
    /// What stands behind it, up to the next figure.
    behind: &'b [char],
    figure_follows: bool,
}

/// Checks every figure of a clause.
pub(super) fn check<'a>(clause: &Clause<'a>, lead: &Lead<'a>, facts: &Facts, problems: &mut Vec<Problem>) {
    let mut from = 0;
    for (order, (at, id, fact)) in clause.facts.iter().enumerate() {
        let written: String = clause.text[from..*at].iter().collect();
        from = at + 1;
        let joined = if order == 0 { format!("{}{written}", lead.opening) } else { written.clone() };
        let piece = if lead.colon { joined.clone() } else { written };
        let (behind, figure_follows) = clause.behind(*at);
        let one = Use { clause, lead, facts, fact, order, piece, opened: joined, behind, figure_follows };
        let mut say = |why: &str| {
            let piece = format!("{}{{{id}}}", one.piece);
            problems.push(Problem::new(&piece, &format!("{why}，{{{id}}} 是「{}」", fact.label)));
        };
        if !one.dated(&clause.before(*at)) {
            say("比较的对象或日子不对");
        }
        if !one.called() {
            say("编号用错了");
        }
    }
}

impl Use<'_, '_> {
    fn dated(&self, before: &str) -> bool {
        let compares = self.fact.value.direction().is_some() || self.fact.label.contains(['较', '比']);
        let said = format!("{}{before}", self.lead.opening);
        day_fits(&self.opened, self.fact)
            && period_fits(&said, &self.lead.said, self.fact, self.facts)
            && (!compares || base_fits(&self.opened, self.fact))
    }

    fn called(&self) -> bool {
        let after: String = self.behind.iter().take(4).collect();
        let before = self.spread().unwrap_or_else(|| self.piece.chars().collect());
        let place =
            Place { before: &before, after: self.behind, figure_follows: self.figure_follows, lead: &self.lead.said };
        let level = !matches!(self.fact.value, Value::Name(_)) || level_fits(&self.piece, &self.fact.label);
        self.named()
            && level
            && !misnamed(&place, self.fact, self.facts)
            && !self.unspoken()
            && kind_fits(&self.piece, &after, self.fact)
    }

    /// Nothing speaks for the figure, and the words around it speak for another one.
    fn unspoken(&self) -> bool {
        let Self { fact, facts, lead, piece, .. } = self;
        let before = self.order.checked_sub(1).map(|order| self.clause.facts[order].2);
        let previous = before.or(lead.last.map(|(_, fact)| fact));
        let behind: String = self.behind.iter().collect();
        if is_change(fact) {
            return self.unspoken_change(before, previous, &behind);
        }
        let named = without_days(piece);
        let around = format!("{piece}{behind}");
        let bare = ["涉及", "其中"].iter().fold(named.clone(), |text, word| text.replace(word, ""));
        let letters: Vec<char> = bare.chars().collect();
        let alone = joined(&letters) && !piece.is_empty() && behind.chars().all(|c| !c.is_alphanumeric());
        // 近7天订单数{x}，昨日{y}: only the days are other ones.
        let other_days = named.is_empty() && self.order == 0 && previous.is_some_and(|previous| !alike(fact, previous));
        spoken_for_another(&around, &lead.said, fact, facts)
            || acts_for_another(&format!("{}{around}", lead.opening), &behind, fact, facts)
            || (alone && !lead.colon && (unnamed_of_another(previous, fact, facts) || other_days))
    }

    fn unspoken_change(&self, before: Option<&Fact>, previous: Option<&Fact>, behind: &str) -> bool {
        let Self { fact, facts, opened, .. } = self;
        let listed = before.is_some_and(is_change) && !self.piece.ends_with(['至', '到']);
        if !listed && !speaks_of_change(opened, behind, fact) {
            return true;
        }
        let letters: Vec<char> = opened.chars().collect();
        let spread = self.clause.text.iter().collect::<String>().contains("分别");
        let unnamed = mentions(&letters).is_empty() && subjects(opened, facts).is_empty();
        let other_days = previous
            .is_some_and(|previous| !is_change(previous) && alike(fact, previous) && !same_days(fact, previous));
        unnamed && !spread && (other_days || of_another_before(previous, fact, facts))
    }

    /// 支付金额、买家数分别为{a}、{b}: the name that the figure at this place takes.
    fn spread(&self) -> Option<Vec<char>> {
        let figures = &self.clause.facts;
        let first = figures.first().map(|(at, _, _)| &self.clause.text[..*at])?;
        let text: String = first.iter().collect();
        if !text.contains("分别") && !text.contains("依次") {
            return None;
        }
        let full = |mention: &super::topics::Mention| matches!(mention.what, What::Full(_));
        let names: Vec<_> = mentions(first).into_iter().filter(full).collect();
        let own = names.get(self.order).filter(|_| names.len() == figures.len())?;
        Some(first[own.start..own.end].to_vec())
    }

    /// Whether one of the facts' own names that stand before the figure is its own.
    fn named(&self) -> bool {
        let Self { fact, facts, lead, piece, .. } = self;
        let mut subjects = subjects(piece, facts);
        // 买家数 within 新买家数 is no name of its own.
        let letters: Vec<char> = piece.chars().collect();
        let said = mentions(&letters);
        let longer: Vec<String> =
            said.iter().map(|mention| letters[mention.start..mention.end].iter().collect()).collect();
        subjects.retain(|name| {
            let inside = longer.iter().filter(|long| long.len() > name.len() && long.contains(name.as_str())).count();
            inside == 0 || piece.matches(name.as_str()).count() > inside
        });
        let spread = piece.contains("分别") || piece.contains("依次");
        let first = self.order == 0;
        if subjects.is_empty() && said.is_empty() && first && !spread && fact.value.direction().is_some() {
            subjects.clone_from(&lead.subjects);
        }
        let own = subject(&fact.label);
        let topics = topics_of(&fact.label);
        // A synonym that is also another fact's label is fine where the days tell them apart.
        let apart = |name: &str| {
            let mut owners = facts.0.values().filter(|other| subject(&other.label) == name);
            speaks_of_days(piece, fact) || owners.all(|other| names_days(&other.label) && !speaks_of_days(piece, other))
        };
        let fits = |other: &String| {
            own.contains(other.as_str())
                || other.contains(own)
                || (topics_of(other) == topics && !topics.is_empty() && apart(other))
        };
        let goes_on = first
            && subjects == lead.subjects
            && lead.last.is_some_and(|(_, last)| topics_of(&last.label) == topics && !topics.is_empty());
        // 离下一级还差{x}: the level is only what is left until it.
        if !matches!(fact.value, Value::Name(_)) {
            let of_level =
                |other: &Fact, name: &str| matches!(other.value, Value::Name(_)) && subject(&other.label) == name;
            let level = |name: &str| facts.0.values().any(|other| of_level(other, name));
            subjects.retain(|name| piece.ends_with(name.as_str()) || !level(name));
        }
        goes_on || own.chars().count() < 2 || subjects.is_empty() || subjects.iter().any(fits)
    }
}
