//! The staff: every skill, one line each.
//!
//! A newcomer adds `skills/<role>/x.rs`, `prompts/<role>/x.md` and a line below. Nothing registers itself: what is not in this list does
//! not exist, and a line without its prompt does not compile. A skill knows the sdk and no other skill.

use xiaoer_sdk::Skill;

/// A skill and the prompts it asks with.
pub struct Entry {
    /// What runs.
    pub skill: Box<dyn Skill>,
    /// `(name, text of the file)`; the name is the file's, without folder and ending.
    pub prompts: Vec<(&'static str, &'static str)>,
}

macro_rules! staff {
    ($($module:ident::$skill:ident in $file:literal asks $prompt:literal;)+) => {
        $(#[path = $file] mod $module;)+

        /// The whole staff, in the order of the list.
        #[must_use]
        pub fn all() -> Vec<Entry> {
            vec![$(Entry {
                skill: Box::new($module::$skill),
                prompts: vec![(prompt_name($prompt), include_str!(concat!("../prompts/", $prompt)))],
            }),+]
        }
    };
}

staff! {
    growth_report::GrowthReport in "data/growth_report.rs" asks "data/growth-report.md";
    growth_plan::GrowthPlan in "data/growth_plan.rs" asks "data/growth-plan.md";
    growth_watch::GrowthWatch in "data/growth_watch.rs" asks "data/growth-watch.md";
    daily_report::DailyReport in "data/daily_report.rs" asks "data/daily-report.md";
    title_optimizer::TitleOptimizer in "operations/title_optimizer.rs" asks "operations/title-optimizer.md";
    stock_alert::StockAlert in "operations/stock_alert.rs" asks "operations/stock-alert.md";
    refund_advisor::RefundAdvisor in "service/refund_advisor.rs" asks "service/refund-advisor.md";
    activity_picker::ActivityPicker in "campaigns/activity_picker.rs" asks "campaigns/activity-picker.md";
    main_image_check::MainImageCheck in "design/main_image_check.rs" asks "design/main-image-check.md";
}

fn prompt_name(path: &'static str) -> &'static str {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.strip_suffix(".md").unwrap_or(file)
}
