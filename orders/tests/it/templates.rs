//! Templates as merchants fill them in, and the page of documentation that tells of every table.

use chrono::NaiveDate;
use encoding_rs::GB18030;
use rust_decimal::Decimal;
use xiaoer_orders::{LedgerKind, Sheet, Table, Template, read};

const DOCS: &str = include_str!("../../../docs/files.md");

/// One row that a merchant would type under the example.
fn typed(template: Template) -> Vec<&'static str> {
    match template {
        Template::Costs => vec!["610947572360123456", "5012345678901234567", "12.50元"],
        Template::Ads => vec!["2026/5/2", "1,035.00"],
        Template::Traffic => vec!["2026年5月2日", "2,059", "", "２９", "", "", "34"],
        Template::Inquiries => vec!["2026-05-02", "老王", "", "否", ""],
        Template::Marks => vec!["2900000000000000002", "是", "", "否"],
        Template::Refunds => vec!["TQ2", "2900000000000000002", "老王", "￥20", "退款成功", "2026-05-03 09:00"],
        Template::Ledger => vec!["2026-05-02 10:30", "退款", "R2", "老王", "20", "", "", "", "A1"],
    }
}

fn filled(template: Template) -> Sheet {
    let mut sheet = template.sheet();
    sheet.rows.push(typed(template).into_iter().map(str::to_owned).collect());
    sheet
}

#[test]
fn every_template_loads_what_is_typed_into_it_however_it_is_saved() {
    for template in Template::ALL {
        let sheet = filled(template);
        let csv = String::from_utf8(sheet.to_csv()).expect("UTF-8");
        let (gbk, _, lossy) = GB18030.encode(csv.trim_start_matches('\u{FEFF}'));
        assert!(!lossy);
        let tabs = csv.replace('\t', "").replace(',', "\t");
        let saved = [sheet.to_xlsx().expect("a workbook"), sheet.to_csv(), gbk.into_owned()];
        let tables: Vec<Table> = saved.iter().map(|bytes| read(bytes).expect("a table")).collect();
        for table in &tables {
            assert_eq!(table.kind(), template.kind(), "{template:?}");
            assert_eq!((table.len(), table.problems()), (1, [].as_slice()), "{template:?}: the example is no row");
        }
        assert_eq!((&tables[1], &tables[2]), (&tables[0], &tables[0]), "{template:?}: the same however it is saved");
        // Pasted out of a spreadsheet; thousands separators were commas too.
        if template != Template::Ads && template != Template::Traffic {
            assert_eq!(read(tabs.as_bytes()).expect("a table").len(), 1, "{template:?}");
        }
        assert!(read(&template.sheet().to_xlsx().expect("a workbook")).expect("a table").is_empty());
    }
}

#[test]
fn what_was_typed_is_what_is_read() {
    let table = |template| read(&filled(template).to_csv()).expect("a table");
    let Table::Costs(costs) = table(Template::Costs) else { panic!("costs") };
    assert_eq!((costs.rows[0].offer_id.as_str(), costs.rows[0].cost), ("610947572360123456", Decimal::new(1250, 2)));
    let Table::Ads(ads) = table(Template::Ads) else { panic!("ads") };
    assert_eq!((ads.rows[0].ad_spend, ads.rows[0].visitors), (Some(Decimal::from(1035)), None));
    let Table::Inquiries(asked) = table(Template::Inquiries) else { panic!("inquiries") };
    assert_eq!(
        (asked.rows[0].id.as_str(), asked.rows[0].marketing, asked.rows[0].valid),
        ("2026-05-02 老王", Some(false), true)
    );
    let Table::Marks(marks) = table(Template::Marks) else { panic!("marks") };
    assert_eq!((marks.rows[0].marketing, marks.rows[0].scene, marks.rows[0].valid), (Some(true), None, Some(false)));
    let Table::Ledger(ledger) = table(Template::Ledger) else { panic!("ledger") };
    assert_eq!((ledger.rows[0].kind, ledger.rows[0].order.as_deref()), (LedgerKind::Refund, Some("A1")));
    let Table::Traffic(days) = table(Template::Traffic) else { panic!("traffic") };
    assert_eq!(days.rows[0].date, NaiveDate::from_ymd_opt(2026, 5, 2).expect("a day"));
    assert_eq!((days.rows[0].visitors, days.rows[0].ad_impressions), (Some(29), None));
}

#[test]
fn one_buyers_questions_of_one_day_without_a_number_are_one_inquiry() {
    let text = "询盘时间,买家会员名\n2026-05-02 10:00,老王\n2026-05-02 15:00,老王\n2026-05-03 10:00,老王\n,老李\n";
    let Ok(Table::Inquiries(read)) = read(text.as_bytes()) else { panic!("not inquiries") };
    assert_eq!(read.rows.len(), 2);
    assert_eq!(read.problems.iter().map(|problem| problem.row).collect::<Vec<_>>(), [3, 5]);
}

#[test]
fn every_example_of_the_documentation_is_true() {
    let mut told = Vec::new();
    for section in DOCS.split("\n## ").skip(1) {
        let Some((before, rest)) = section.split_once("```csv\n") else { continue };
        let (example, _) = rest.split_once("```").expect("the example ends");
        let table = read(example.as_bytes()).unwrap_or_else(|error| panic!("{before}: {error}"));
        assert!(section.starts_with(table.kind().name()), "{before}: it reads as {}", table.kind().name());
        assert!(!table.is_empty() && table.problems().is_empty(), "{before}: {:?}", table.problems());
        for column in table.kind().required() {
            assert!(section.contains(&format!("`{column}`")), "{before}: {column} is needed and not told");
        }
        told.push(table.kind());
    }
    for template in Template::ALL {
        assert!(told.contains(&template.kind()), "{template:?} is not told");
        assert!(DOCS.contains(&format!("--template {}", template.key())), "{template:?}");
    }
}
