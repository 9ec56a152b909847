//! Claims about changes: each must be carried by a fact of change in its own clause, and go the same way.

use xiaoer_sdk::{Fact, Facts, Value};

use super::Problem;
use super::clause::{Clause, Hit};
use super::narrative::MARK;
use super::subject::{day_fits, kind_fits, subject, subjects};
use super::words::{COMPARES, DENIALS, NO_CHANGE, NOTICING, PURPOSE, TRENDS, Way};

/// The problems of a text's claims; `bare` holds a mark for each id.
pub(super) fn claims(bare: &str, ids: &[String], facts: &Facts) -> Vec<Problem> {
    let mut ids = ids.iter();
    let mut problems = Vec::new();
    let mut confirmed = Vec::new();
    for sentence in bare.split(['。', '！', '？', '；', '!', '?', ';', '\n']) {
        let mut lead = Lead::default();
        let clauses: Vec<&str> = sentence.split(['，', ',', '：', ':']).collect();
        let named: Vec<Vec<(&str, &Fact)>> = clauses
            .iter()
            .map(|clause| {
                ids.by_ref()
                    .take(clause.matches(MARK).count())
                    .filter_map(|id| Some((id.as_str(), facts.get(id)?)))
                    .collect()
            })
            .collect();
        for (at, clause) in clauses.iter().enumerate() {
            let next = named.get(at + 1).map_or(&[][..], Vec::as_slice);
            let clause = Clause::new(clause, &named[at]);
            clause.check_ways(&lead, &mut confirmed, &mut problems);
            clause.check_comparison(next, &mut problems);
            clause.check_subjects(&lead, facts, &mut problems);
            lead = lead.then(&clause, facts);
        }
    }
    problems
}

/// What the clauses before this one, in the same sentence, have set up.
#[derive(Default)]
struct Lead {
    /// Advice was begun.
    advice: bool,
    /// The last clause without a fact: 与上周同日相比.
    opening: String,
    /// What the last clause was about.
    subjects: Vec<String>,
}

impl Lead {
    fn then(self, clause: &Clause<'_>, facts: &Facts) -> Self {
        let opening = if clause.facts.is_empty() { clause.text.iter().collect() } else { String::new() };
        let found = subjects(&clause.text.iter().collect::<String>(), facts);
        Self {
            advice: self.advice || clause.advises_at(clause.text.len()),
            opening,
            subjects: if found.is_empty() { self.subjects } else { found },
        }
    }
}

impl Clause<'_> {
    fn check_ways(&self, lead: &Lead, confirmed: &mut Vec<Way>, problems: &mut Vec<Problem>) {
        let hits = self.hits();
        for (at, hit) in hits.iter().enumerate() {
            let before = self.before(hit.start);
            let until = hits.get(at + 1).map_or(self.text.len(), |next| next.start);
            let mut say =
                |why: String| problems.push(Problem::new(&self.shown(), &format!("里的「{}」{why}", hit.word)));
            if let Some((id, fact)) = self.touched(hit).filter(|(_, fact)| fact.value.direction().is_none()) {
                say(format!("后面的 {{{id}}}（{}）不是变化量", fact.label));
                continue;
            }
            let negated = DENIALS.iter().any(|denial| before.ends_with(denial));
            let trend = TRENDS.iter().find(|trend| before.ends_with(**trend));
            match (self.carrier(hit, until), trend) {
                (_, Some(trend)) if !self.advised(hit, lead) => say(format!("前面的「{trend}」没有依据")),
                (Some((id, direction)), _) if hit.way.agrees(direction) == negated => {
                    say(format!("与 {{{id}}} 的方向不符（它是{}）", way_word(direction)));
                }
                (Some(_), _) => confirmed.push(hit.way),
                (None, _) if self.advised(hit, lead) => {}
                // Looking into a fall that was shown before is no new claim.
                (None, _) if confirmed.contains(&hit.way) && NOTICING.iter().any(|word| before.contains(word)) => {}
                (None, _) => say("没有同一分句里的变化量支持".into()),
            }
        }
    }

    /// Whether the change is something to bring about. 提高了 has happened, whatever stands before it.
    fn advised(&self, hit: &Hit, lead: &Lead) -> bool {
        let after: String = self.text[hit.end..].iter().take(2).collect();
        let happened = after.starts_with(['了', '过']) || after.ends_with('了') || hit.word.ends_with('了');
        let goes_on = PURPOSE.iter().any(|word| self.text.iter().collect::<String>().starts_with(word));
        !happened && (self.advises_at(hit.start) || (lead.advice && goes_on))
    }

    fn check_comparison(&self, next: &[(&str, &Fact)], problems: &mut Vec<Problem>) {
        let mut text: String = self.text.iter().collect();
        for word in NO_CHANGE.iter() {
            text = text.replace(word, "");
        }
        let Some(word) = COMPARES.iter().find(|word| text.contains(**word)) else { return };
        let own: Vec<&Fact> = self.facts.iter().map(|(_, _, fact)| *fact).collect();
        // 与前日相比，支付金额… opens what the next clause says.
        let carried: Vec<&Fact> = if own.is_empty() { next.iter().map(|(_, fact)| *fact).collect() } else { own };
        let fits = |fact: &&Fact| {
            fact.value.direction().is_some() || (matches!(fact.value, Value::Unknown(_)) && fact.label.contains('较'))
        };
        if !carried.iter().any(fits) && !carried.iter().any(|fact| fact.label.contains(word)) {
            problems.push(Problem::new(&self.shown(), &format!("里的「{word}」没有变化量支持")));
        }
    }

    /// What is said to be compared, and with what, must be what the fact is about.
    fn check_subjects(&self, lead: &Lead, facts: &Facts, problems: &mut Vec<Problem>) {
        let mut from = 0;
        for (order, (at, id, fact)) in self.facts.iter().enumerate() {
            let piece: String = self.text[from..*at].iter().collect();
            let after: String = self.text[at + 1..].iter().take(4).collect();
            from = at + 1;
            let opened = if order == 0 { format!("{}{piece}", lead.opening) } else { piece.clone() };
            let mut say = |why: &str| {
                problems
                    .push(Problem::new(&format!("{piece}{{{id}}}"), &format!("{why}，{{{id}}} 是「{}」", fact.label)));
            };
            if !day_fits(&opened, fact) {
                say("比较的对象或日子不对");
            }
            let mut subjects = subjects(&piece, facts);
            let spread = piece.contains("分别") || piece.contains("依次");
            if subjects.is_empty() && order == 0 && !spread && fact.value.direction().is_some() {
                subjects.clone_from(&lead.subjects);
            }
            let own = subject(&fact.label);
            let fits = |other: &String| own.contains(other.as_str()) || other.contains(own);
            let named = own.chars().count() < 2 || subjects.is_empty() || subjects.iter().any(fits);
            if !named || !kind_fits(&piece, &after, &fact.value) {
                say("编号用错了");
            }
        }
    }
}

fn way_word(direction: i8) -> &'static str {
    match direction {
        1.. => "上升",
        0 => "持平",
        ..0 => "下降",
    }
}
