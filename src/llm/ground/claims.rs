//! Claims about changes: each must be carried by a fact of change in its own clause, and go the same way.

use xiaoer_sdk::{Fact, Facts, Value};

use super::Problem;
use super::clause::{Clause, Hit};
use super::days::without_days;
use super::evidence::alike;
use super::levels::Duel;
use super::narrative::MARK;
use super::subject::{base_fits, day_fits, names_base, subject, subjects};
use super::topics::{mentions, topics_of};
use super::uses;
use super::words::{COMPARES, DENIALS, NO_CHANGE, NOTICING, PURPOSE, TRENDS, Way};

/// What may be said around a change without saying more.
const SOFTENING: &[&str] = &[
    "有所", "略有", "小幅", "大幅", "明显", "略微", "稍有", "整体", "出现", "属于", "正常", "虽然", "虽", "但", "仍",
    "也", "了", "的", "呈", "是", "有",
];
/// What ends a clause.
const STOPS: [char; 4] = ['，', ',', '：', ':'];

/// The problems of a text's claims; `bare` holds a mark for each id.
pub(super) fn claims(bare: &str, ids: &[String], facts: &Facts) -> Vec<Problem> {
    let mut ids = ids.iter();
    let mut problems = Vec::new();
    let mut confirmed = Vec::new();
    for sentence in bare.split(['。', '！', '？', '；', '!', '?', ';', '\n']) {
        let mut lead = Lead::default();
        let clauses: Vec<&str> = sentence.split_inclusive(STOPS).collect();
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
            let opens = clause.ends_with(['：', ':']);
            let clause = Clause::new(clause.trim_end_matches(STOPS), &named[at]);
            let duels = clause.duels(lead.last);
            clause.check_duels(&duels, &mut problems);
            let around = Around { lead: &lead, next, duels: &duels, facts };
            clause.check_ways(&around, &mut confirmed, &mut problems);
            clause.check_comparison(&around, &mut problems);
            uses::check(&clause, &lead, facts, &mut problems);
            lead = lead.then(&clause, opens, facts);
        }
    }
    problems
}

/// What the clauses before this one, in the same sentence, have set up.
#[derive(Default)]
pub(super) struct Lead<'a> {
    /// Advice was begun.
    advice: bool,
    /// The last clause without a fact: 与上周同日相比.
    pub(super) opening: String,
    /// The last clause announced what follows: 支付金额：
    pub(super) colon: bool,
    /// What the last clause was about.
    pub(super) subjects: Vec<String>,
    /// The last fact.
    pub(super) last: Option<(&'a str, &'a Fact)>,
    /// Everything said so far.
    pub(super) said: String,
}

/// What stands around a clause.
struct Around<'a, 'b> {
    lead: &'b Lead<'a>,
    next: &'b [(&'a str, &'a Fact)],
    duels: &'b [Duel],
    facts: &'b Facts,
}

impl<'a> Lead<'a> {
    fn then(self, clause: &Clause<'a>, colon: bool, facts: &Facts) -> Self {
        let text: String = clause.text.iter().collect();
        let found = subjects(&text, facts);
        Self {
            advice: self.advice || clause.advises_at(clause.text.len()),
            opening: if clause.facts.is_empty() { text.clone() } else { String::new() },
            colon: colon && clause.facts.is_empty(),
            subjects: if found.is_empty() { self.subjects } else { found },
            last: clause.facts.last().map(|(_, id, fact)| (*id, *fact)).or(self.last),
            said: self.said + &text,
        }
    }
}

impl<'a> Clause<'a> {
    fn check_duels(&self, duels: &[Duel], problems: &mut Vec<Problem>) {
        for why in duels.iter().filter_map(|duel| duel.wrong.as_ref()) {
            problems.push(Problem::new(&self.shown(), why));
        }
    }

    fn check_ways(&self, around: &Around<'a, '_>, confirmed: &mut Vec<Way>, problems: &mut Vec<Problem>) {
        let lead = around.lead;
        let hits = self.hits();
        for (at, hit) in hits.iter().enumerate() {
            let before = self.before(hit.start);
            let until = hits.get(at + 1).map_or(self.text.len(), |next| next.start);
            let mut say =
                |why: String| problems.push(Problem::new(&self.shown(), &format!("里的「{}」{why}", hit.word)));
            if around.duels.iter().any(|duel| duel.covers(hit)) || self.climbs_to_a_name(hit) {
                continue;
            }
            if let Some((id, fact)) = self.touched(hit).filter(|(_, fact)| fact.value.direction().is_none()) {
                say(format!("后面的 {{{id}}}（{}）不是变化量", fact.label));
                continue;
            }
            let negated = DENIALS.iter().any(|denial| before.ends_with(denial));
            let trend = self.trend(hit, &before);
            match (self.carrier(hit, until), trend) {
                (_, Some(trend)) if !self.advised(hit, lead) => say(format!("旁边的「{trend}」没有依据")),
                (Some((id, direction)), _) if hit.way.agrees(direction) == negated => {
                    say(format!("与 {{{id}}} 的方向不符（它是{}）", way_word(direction)));
                }
                (Some(_), _) => confirmed.push(hit.way),
                (None, _) if self.advised(hit, lead) => {}
                // Looking into a fall that was shown before is no new claim.
                (None, _) if confirmed.contains(&hit.way) && NOTICING.iter().any(|word| before.contains(word)) => {}
                (None, _) if !negated && (self.borne_beside(hit, around) || self.stands_still(hit, around)) => {}
                (None, _) => say("没有同一分句里的变化量支持".into()),
            }
        }
    }

    /// A run of days is told of: no single fact carries one.
    fn trend(&self, hit: &Hit, before: &str) -> Option<&'static str> {
        let after: String = self.text[hit.end..].iter().take(3).collect();
        let run = ["趋势", "势头", "态势", "走势", "通道"].into_iter().find(|word| after.contains(word));
        let runs = ["连续", "持续", "一路", "不断", "接连", "连日", "逐日", "逐周", "逐月", "一直", "多日"];
        TRENDS
            .iter()
            .copied()
            .find(|trend| before.ends_with(trend))
            .or_else(|| runs.into_iter().find(|trend| before.contains(trend)))
            .or(run.filter(|_| self.facts.iter().any(|(_, _, fact)| fact.value.direction().is_some())))
    }

    /// 即可升到{next}: a level to reach, no change that happened.
    fn climbs_to_a_name(&self, hit: &Hit) -> bool {
        let Some((at, _, fact)) = self.facts.iter().find(|(at, _, _)| *at >= hit.end) else { return false };
        let between: String = self.text[hit.end..*at].iter().collect();
        let before = self.before(hit.start);
        let may = ["即可", "就能", "就可", "可以", "才能", "有望", "能", "可", "冲刺", "想", "要", "争取"]
            .iter()
            .any(|word| before.ends_with(word));
        hit.word == "升"
            && may
            && matches!(fact.value, Value::Name(_))
            && ["到", "至", "级到", "上"].contains(&between.as_str())
    }

    /// The clause beside it has the change of the same figure, and it goes this way: 增至{buyers}，较前日增加{change}；
    /// 访客数有所下降，环比{change}；较前日{change}，有所下降.
    fn borne_beside(&self, hit: &Hit, around: &Around<'a, '_>) -> bool {
        if self.facts.iter().any(|(_, _, fact)| fact.value.direction().is_some()) {
            return false;
        }
        let goes = |fact: &Fact| fact.value.direction().is_some_and(|direction| hit.way.agrees(direction));
        let rest: String = self.text[..hit.start].iter().chain(&self.text[hit.end..]).collect();
        let rest = SOFTENING.iter().fold(rest, |rest, word| rest.replace(word, ""));
        let last = around.lead.last.filter(|(_, fact)| goes(fact));
        if self.facts.is_empty() && rest.is_empty() && last.is_some() {
            return true;
        }
        let beside = around.next.first().filter(|(_, fact)| goes(fact)).or(last.as_ref());
        match (beside, self.facts.first()) {
            (Some((_, change)), Some((at, _, level))) => {
                *at == hit.end + 1
                    && self.text.get(hit.end).is_some_and(|c| "至到".contains(*c))
                    && alike(change, level)
            }
            (Some((_, change)), None) => {
                let before = self.before(hit.start);
                let before = SOFTENING.iter().fold(before, |rest, word| rest.replace(word, ""));
                let before = without_days(&before);
                let name: Vec<char> = before.chars().collect();
                let own = topics_of(&change.label);
                before == subject(&change.label)
                    || (!own.is_empty() && topics_of(&before) == own && mentions(&name).len() == 1)
            }
            _ => false,
        }
    }

    /// 与前日持平 without its fact: the table has the change, and it is none.
    fn stands_still(&self, hit: &Hit, around: &Around<'a, '_>) -> bool {
        let text: String = self.text.iter().collect();
        if hit.way != Way::Flat || !self.facts.iter().all(|(_, _, fact)| fact.value.direction().is_none()) {
            return false;
        }
        let about = self.facts.last().map(|(_, _, fact)| *fact).or(around.lead.last.map(|(_, fact)| fact));
        let Some(about) = about.filter(|about| about.value.direction().is_none()) else { return false };
        let own = subjects(&text, around.facts);
        let same = |fact: &Fact| subject(&fact.label) == subject(&about.label);
        own.iter().all(|name| subject(&about.label) == name)
            && around.facts.0.values().any(|fact| {
                fact.value.direction() == Some(0) && same(fact) && day_fits(&text, fact) && base_named(&text, fact)
            })
    }

    /// Whether the change is something to bring about. 提高了 has happened, whatever stands before it.
    fn advised(&self, hit: &Hit, lead: &Lead<'_>) -> bool {
        let after: String = self.text[hit.end..].iter().take(2).collect();
        let happened = after.starts_with(['了', '过']) || after.ends_with('了') || hit.word.ends_with('了');
        let goes_on = PURPOSE.iter().any(|word| self.text.iter().collect::<String>().starts_with(word));
        !happened && (self.advises_at(hit.start) || (lead.advice && goes_on))
    }

    fn check_comparison(&self, around: &Around<'a, '_>, problems: &mut Vec<Problem>) {
        let mut letters = self.text.clone();
        for duel in around.duels {
            letters[duel.start..duel.end].fill('\u{fffd}');
        }
        let mut text: String = letters.iter().collect();
        for word in NO_CHANGE.iter() {
            text = text.replace(word, "");
        }
        let Some(word) = COMPARES.iter().find(|word| text.contains(**word)) else { return };
        let hits = self.hits();
        if !hits.is_empty() && hits.iter().all(|hit| self.stands_still(hit, around)) {
            return;
        }
        let own: Vec<&Fact> = self.facts.iter().map(|(_, _, fact)| *fact).collect();
        // 与前日相比，支付金额… opens what the next clause says.
        let next = || around.next.iter().map(|(_, fact)| *fact).collect();
        let carried: Vec<&Fact> = if own.is_empty() { next() } else { own };
        let fits = |fact: &&Fact| {
            fact.value.direction().is_some() || (matches!(fact.value, Value::Unknown(_)) && fact.label.contains('较'))
        };
        if !carried.iter().any(fits) && !carried.iter().any(|fact| fact.label.contains(word)) {
            problems.push(Problem::new(&self.shown(), &format!("里的「{word}」没有变化量支持")));
        }
    }
}

/// Whether the text names what the fact of change is held against.
fn base_named(text: &str, fact: &Fact) -> bool {
    let ring = text.contains("环比") && fact.label.contains("环比");
    base_fits(text, fact) && fact.label.contains(['较', '比']) && (ring || names_base(text))
}

fn way_word(direction: i8) -> &'static str {
    match direction {
        1.. => "上升",
        0 => "持平",
        ..0 => "下降",
    }
}
