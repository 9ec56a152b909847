//! Rule packs: what comes with the crate, and what is refused.

use xiaoer_growth::{Confidence, Industry, PackError, RulePack, pack, pack_for, packs};

const TEXT: &str = include_str!("../../packs/2026-candidate.toml");

fn at(day: &str) -> (&'static str, bool) {
    let (rules, in_force) = pack_for(day.parse().expect("a date"));
    (rules.id.as_str(), in_force)
}

/// The line on which `find` stands first, and the refusal of the text with `find` replaced there.
fn refused(find: &str, instead: &str) -> (usize, PackError) {
    let (before, _) = TEXT.split_once(find).expect("the text to replace");
    let line = before.matches('\n').count() + 1;
    let error = RulePack::parse(&TEXT.replacen(find, instead, 1)).expect_err("a refusal");
    (line, error)
}

fn assert_contradiction(find: &str, instead: &str, says: &str) {
    let (expected, error) = refused(find, instead);
    let PackError::Contradicts { line, fault } = &error else { panic!("not understood: {error}") };
    assert_eq!(*line, expected, "{fault}");
    assert!(fault.to_string().contains(says), "{fault}");
}

#[test]
fn every_embedded_pack_reads_and_survives_a_round_trip() {
    for rules in packs() {
        let text = toml_of(rules);
        assert_eq!(RulePack::parse(&text).as_ref(), Ok(rules));
    }
    assert!(packs().is_sorted_by_key(|rules| rules.valid_from));
}

fn toml_of(rules: &RulePack) -> String {
    toml::to_string(rules).expect("a pack can be written down")
}

#[test]
fn the_pack_of_the_day_is_used_and_the_newest_where_none_was_in_force() {
    assert_eq!(at("2011-05-10"), ("2026-candidate", false));
    assert_eq!(at("2024-11-07"), ("2026-candidate", false));
    assert_eq!(at("2024-11-08"), ("2024-11-08", true));
    assert_eq!(at("2026-05-23"), ("2024-11-08", true));
    assert_eq!(at("2026-05-24"), ("2026-candidate", true));
    assert!(pack("2030").is_none());
    let old = pack("2024-11-08").expect("an embedded pack");
    let in_force = |day: &str| old.in_force(day.parse().expect("a date"));
    assert!(in_force("2026-05-23") && !in_force("2026-05-24"), "valid_to is the first day after");
}

#[test]
fn only_what_the_notice_says_is_confirmed() {
    let rules = pack("2024-11-08").expect("an embedded pack");
    assert_eq!(rules.window.days.confidence, Confidence::Confirmed);
    assert_eq!(rules.protection.as_ref().map(|period| period.confidence), Some(Confidence::Confirmed));
    assert_eq!(rules.consumer.base.confidence, Confidence::Candidate);
    assert!(rules.levels.iter().all(|level| level.threshold.confidence == Confidence::Candidate));
    assert_eq!(rules.confidence(Industry::Consumer), Confidence::Candidate);
    assert_eq!(Confidence::Candidate.label(), "商家整理，非官方");
}

#[test]
fn an_unknown_key_is_refused_with_its_line() {
    let (expected, error) = refused("lag_days", "hour = 3\nlag_days");
    let PackError::Malformed { line, message } = error else { panic!("{error}") };
    assert_eq!(line, expected);
    assert!(message.contains("hour"), "{message}");
}

#[test]
fn a_figure_without_a_source_or_with_a_binary_fraction_is_refused() {
    let (expected, error) = refused("value = \"0.3\"", "value = 0.3");
    let PackError::Malformed { line, message } = error else { panic!("{error}") };
    assert_eq!(line, expected);
    assert!(message.contains("in quotes"), "{message}");

    let blank = TEXT.replacen("source = \"商家成长体系公告（2024-10-31）\"", "source = \" \"", 1);
    let error = RulePack::parse(&blank).expect_err("a refusal").to_string();
    assert!(error.contains("must not be empty"), "{error}");
}

#[test]
fn a_window_of_no_days_is_refused() {
    assert_contradiction("days = { value = 30", "days = { value = 0", "window.days");
}

#[test]
fn levels_that_do_not_rise_are_refused() {
    assert_contradiction(
        "threshold = { value = 1200",
        "threshold = { value = 300",
        "L3 begins at 300, which is not above the 300 of L2",
    );
    assert_contradiction("threshold = { value = 0", "threshold = { value = 5", "must begin at 0");
}

#[test]
fn a_protection_that_cannot_be_is_refused() {
    let text = include_str!("../../packs/2024-11-08.toml");
    for (from, to, says) in [("2024-12-08", "2024-12-08", "ends before"), ("2024-11-07", "2024-12-08", "begins before")]
    {
        let period = "value = { from = \"2024-11-08\", to = \"2024-12-08\" }";
        let wrong = text.replacen(period, &format!("value = {{ from = \"{from}\", to = \"{to}\" }}"), 1);
        let error = RulePack::parse(&wrong).expect_err("a refusal");
        let PackError::Contradicts { line, fault } = &error else { panic!("not understood: {error}") };
        assert!(fault.why.contains(says), "{fault}");
        assert!(text.lines().nth(line - 1).is_some_and(|found| found == "[protection]"), "{line}");
    }
}

#[test]
fn the_same_level_twice_is_refused() {
    assert_contradiction("id = \"L4\"", "id = \"L3\"", "L3 stands here twice");
}

#[test]
fn a_gate_with_two_bounds_or_an_impossible_share_is_refused() {
    let bound = "at_least = { value = 85";
    let both = "at_most = { value = 1, source = \"x\", confidence = \"merchant\" }\nat_least = { value = 85";
    let error = RulePack::parse(&TEXT.replacen(bound, both, 1)).expect_err("a refusal").to_string();
    assert!(error.contains("exactly one of"), "{error}");
    let over = TEXT.replacen(bound, "at_least = { value = 850", 1);
    let error = RulePack::parse(&over).expect_err("a refusal").to_string();
    assert!(error.contains("between 0 and 100"), "{error}");
}

#[test]
fn dates_and_rates_that_cannot_be_are_refused() {
    assert_contradiction(
        "valid_from = \"2026-05-24\"",
        "valid_to = \"2026-05-24\"\nvalid_from = \"2026-05-24\"",
        "valid_to",
    );
    assert_contradiction("turnover = { value = 1,", "turnover = { value = \"1.25\",", "one decimal");
    assert_contradiction("turnover = { value = 1,", "turnover = { value = -1,", "negative");
    assert_contradiction("kind = \"深度验厂\"", "kind = \"超级工厂\"", "twice");
}

#[test]
fn a_rate_in_all_below_the_rate_it_contains_is_refused() {
    let text = TEXT.replacen("\"on_top\"", "\"in_all\"", 1);
    let text = text.replacen("marketing = { value = 3", "marketing = { value = \"0.5\"", 1);
    let error = RulePack::parse(&text).expect_err("a refusal").to_string();
    assert!(error.contains("consumer.marketing"), "{error}");
}

#[test]
fn judging_caps_limits_and_benefits_that_cannot_be_are_refused_with_their_line() {
    let own = "source = \"x\", confidence = \"merchant\" }";
    let rhythm = "rhythm = { value = \"monthly\"";
    let with = |line: &str| format!("{line}, {own}\n{rhythm}");
    assert_contradiction(
        rhythm,
        &with("day_of_month = { value = 32"),
        "judging.day_of_month: must be between 1 and 31",
    );
    assert_contradiction(rhythm, &with("hour = { value = 24"), "judging.hour");
    let daily = rhythm.replace("monthly", "daily");
    assert_contradiction(
        rhythm,
        &format!("day_of_month = {{ value = 3, {own}\n{daily}"),
        "needs judging.rhythm monthly",
    );
    let (_, error) = refused(rhythm, &rhythm.replace("monthly", "weekly"));
    assert!(matches!(error, PackError::Malformed { .. }), "{error}");

    let base = "base = { value = 1,";
    assert_contradiction(base, &format!("caps.base = {{ value = -1, {own}\n{base}"), "consumer.caps.base: must not be");
    assert_contradiction("limit_percent = { value = 2,", "limit_percent = { value = 101,", "between 0 and 100");
    assert_contradiction("after = { value = 3,", "after = { value = 0,", "between 1 and 12");
    assert_contradiction(
        "name = { value = \"日常活动报名\"",
        "name = { value = \"搜索加权\"",
        "搜索加权 stands here twice",
    );
    let name = "name = { value = \"日常活动报名\"";
    assert_contradiction(name, &format!("amount = {{ value = 3, {own}\n{name}"), "an amount needs a unit");
    let ends =
        format!("valid_to = {{ value = \"2026-01-01\", {own}\nvalid_from = {{ value = \"2026-01-01\", {own}\n{name}");
    assert_contradiction(name, &ends, "ends before it begins");
}

#[test]
fn a_text_that_is_no_pack_is_refused_with_its_line() {
    let error = RulePack::parse("id = \"x\"\nname = ").expect_err("a refusal");
    assert!(matches!(error, PackError::Malformed { line: 2, .. }), "{error}");
    assert!(RulePack::parse("").is_err());
}

/// A lost millionth would be found by no merchant, so the type that loses it may not appear at all. The solver's room is the one
/// exception: what leaves it are whole units, counted again in integers.
#[test]
fn no_binary_fraction_appears_in_the_sources() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            if path.ends_with("plan/solver.rs") {
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a source");
            assert!(!text.contains("f64") && !text.contains("f32"), "{}", path.display());
            read += 1;
        }
    }
    assert!(read > 10, "the sources were not found");
}
