//! The list of costs, on which every margin rests.

use rust_decimal::Decimal;
use xiaoer_orders::{Table, read};

use crate::workbook::{Cell, t, workbook};

#[test]
fn a_cost_belongs_to_a_product_or_to_one_variant_of_it() {
    let text = "Offer ID,SKU ID,成本（元）\n610947572360,,12.5\n610947572360,5012345678901234567,13\n700001,,-1\n700002,,\n700003,,0\n";
    let Table::Costs(read) = read(text.as_bytes()).expect("costs") else { panic!("not costs") };
    let rows: Vec<_> = read.rows.iter().map(|row| (row.offer_id.as_str(), row.sku_id.as_deref(), row.cost)).collect();
    assert_eq!(
        rows,
        [
            ("610947572360", None, Decimal::new(125, 1)),
            ("610947572360", Some("5012345678901234567"), Decimal::from(13)),
            ("700003", None, Decimal::ZERO)
        ]
    );
    assert_eq!(read.problems.iter().map(|problem| problem.row).collect::<Vec<_>>(), [4]);
    assert_eq!(read.dropped, 1, "no cost is not a cost of zero, and no mistake either: it is unknown");
}

#[test]
fn two_costs_for_one_thing_are_one_cost_and_one_question() {
    let text = "Offer ID,SKU ID,成本\n1,,12\n1,,13\n";
    let Table::Costs(read) = read(text.as_bytes()).expect("costs") else { panic!("not costs") };
    assert_eq!(read.rows.len(), 1);
    assert!(read.problems[0].why.contains("第 2 行"), "{}", read.problems[0].why);
}

#[test]
fn a_workbook_of_costs_keeps_only_ids_that_are_whole() {
    let sheet = [
        vec![t("Offer ID"), t("SKU ID"), t("成本")],
        vec![Cell::Number("610947572360"), Cell::Blank, Cell::Number("12.5")],
        vec![t("610947572361"), Cell::Number("5012345678901234567"), Cell::Number("13")],
        vec![Cell::Fault("#N/A"), Cell::Blank, Cell::Number("13")],
    ];
    let Table::Costs(read) = read(&workbook(&sheet, &[])).expect("costs") else { panic!("not costs") };
    assert_eq!(read.rows.len(), 1);
    let places: Vec<_> = read.problems.iter().map(|problem| (problem.row, problem.column.as_str())).collect();
    assert_eq!(places, [(3, "SKUID"), (4, "OfferID")]);
}
