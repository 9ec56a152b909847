//! From a question to the skill that answers it, where no model does. Pure: words are counted, nothing is understood.

use std::collections::BTreeSet;

/// Fewer points than this and a question fits nothing: one named word is enough, a stray pair of characters is not.
const ENOUGH: usize = 6;
/// Characters that stand in any question and in any description.
const EMPTY: &str =
    "的了吗呢啊吧么是不我你您他它在有和与或就也都又还要给把被让这那哪怎什一个些上下里多少几，。？！、；：“”（）";

/// A skill as a question may find it.
#[derive(Clone, Debug)]
pub struct Known<'a> {
    /// Its name.
    pub skill: &'a str,
    /// Whose it is.
    pub role: &'a str,
    /// What merchants click.
    pub title: &'a str,
    /// What it does.
    pub about: &'a str,
    /// Words that a question for it holds.
    pub words: &'a [String],
}

/// Where a question leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way<'a> {
    /// To a skill of the role that was asked.
    Own(&'a str),
    /// To a skill of another role: `(skill, role)`.
    Colleague(&'a str, &'a str),
    /// Nowhere.
    None,
}

/// The way of a question that was put to a role. Where two skills fit alike, the role's own and the earlier one wins.
#[must_use]
pub fn route<'a>(question: &str, role: &str, skills: &[Known<'a>]) -> Way<'a> {
    let asked = plain(question);
    let mut best: Option<(usize, &Known<'a>)> = None;
    let own = skills.iter().filter(|known| known.role == role);
    for known in own.chain(skills.iter().filter(|known| known.role != role)) {
        let points = points(&asked, known);
        if points >= ENOUGH && best.as_ref().is_none_or(|(most, _)| points > *most) {
            best = Some((points, known));
        }
    }
    match best {
        Some((_, known)) if known.role == role => Way::Own(known.skill),
        Some((_, known)) => Way::Colleague(known.skill, known.role),
        None => Way::None,
    }
}

fn points(asked: &str, known: &Known<'_>) -> usize {
    let named: usize = known
        .words
        .iter()
        .map(|word| plain(word))
        .filter(|word| !word.is_empty() && asked.contains(word.as_str()))
        .map(|word| 4 + 2 * word.chars().count())
        .sum();
    let asked = pairs(asked);
    let shared = |text: &str| pairs(&plain(text)).intersection(&asked).count();
    named + 3 * shared(known.title) + shared(known.about)
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// Every two characters that stand together and say something.
fn pairs(text: &str) -> BTreeSet<(char, char)> {
    let chars: Vec<char> = text.chars().collect();
    let says = |c: char| !EMPTY.contains(c);
    chars.windows(2).filter(|pair| says(pair[0]) && says(pair[1])).map(|pair| (pair[0], pair[1])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::ChatConfig;
    use crate::config::{Env, Loaded};

    fn ask(question: &str, role: &str) -> String {
        let loaded = Loaded::read(None, std::path::Path::new("/nowhere"), &Env::default()).unwrap();
        let chat: &ChatConfig = &loaded.config.chat;
        let manifests: Vec<_> = xiaoer_skills::all().iter().map(|entry| entry.skill.manifest()).collect();
        let none = Vec::new();
        let known: Vec<Known<'_>> = manifests
            .iter()
            .map(|m| Known {
                skill: &m.name,
                role: &m.role,
                title: &m.title,
                about: &m.description,
                words: chat.skills.get(&m.name).map_or(&none, |hints| &hints.words),
            })
            .collect();
        match route(question, role, &known) {
            Way::Own(skill) => skill.into(),
            Way::Colleague(skill, role) => format!("{role}: {skill}"),
            Way::None => "nowhere".into(),
        }
    }

    #[test]
    fn a_question_finds_its_skill() {
        for (role, question, skill) in [
            ("data", "上周为什么掉分？", "growth-report"),
            ("data", "为什么积分降了这么多", "growth-report"),
            ("data", "怎么冲到下一级", "growth-plan"),
            ("data", "想升到L3要花多少钱？", "growth-plan"),
            ("data", "昨天生意怎么样", "daily-report"),
            ("data", "会不会掉级", "growth-watch"),
            ("operations", "哪些货快卖完了", "stock-alert"),
            ("operations", "标题怎么改", "title-optimizer"),
            ("service", "这几个退款该不该同意", "refund-advisor"),
            ("campaigns", "最近有什么活动可以报名", "activity-picker"),
            ("design", "主图清不清楚", "main-image-check"),
        ] {
            assert_eq!(ask(question, role), skill, "{question}");
        }
    }

    #[test]
    fn a_colleagues_question_is_sent_to_the_colleague() {
        assert_eq!(ask("哪些货快卖完了", "data"), "operations: stock-alert");
        assert_eq!(ask("上周为什么掉分？", "design"), "data: growth-report");
    }

    #[test]
    fn what_fits_nothing_leads_nowhere() {
        for question in ["今天天气好吗", "你是谁", "", "？？？", "讲个笑话", "帮我写一首诗"] {
            assert_eq!(ask(question, "data"), "nowhere", "{question}");
        }
    }
}
