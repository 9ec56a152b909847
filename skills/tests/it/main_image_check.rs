//! 主图体检.

use xiaoer_sdk::shop::Product;
use xiaoer_sdk::{Block, PictureFindings, Report};

use crate::plain::plain;
use crate::rows::*;
use crate::shop::FakeShop;

fn shop(seen: PictureFindings) -> FakeShop {
    let pictures = [("img/1.jpg".to_owned(), seen)].into();
    FakeShop { products: vec![product("1", "保温杯")], pictures, ..FakeShop::default() }
}

fn findings(seen: PictureFindings) -> String {
    let report = shop(seen).click("main-image-check");
    pictures(&report).first().map_or(String::new(), |(_, _, finding)| finding.clone())
}

fn pictures(report: &Report) -> Vec<&(String, String, String)> {
    let shown = report.blocks.iter().filter_map(|block| match block {
        Block::Pictures { pictures } => Some(pictures),
        _ => None,
    });
    shown.flatten().collect()
}

#[test]
fn each_flaw_is_found_at_its_bound() {
    assert_eq!(findings(picture(750, 750)), "");
    assert!(findings(picture(749, 749)).ends_with("：尺寸太小"));
    assert!(findings(picture(1000, 750)).ends_with("：不是正方形"));
    assert!(findings(PictureFindings { sharpness: 24, ..picture(800, 800) }).ends_with("：看着模糊"));
    assert!(findings(PictureFindings { sharpness: 25, ..picture(800, 800) }).is_empty());
    assert!(findings(PictureFindings { bytes: 2 * 1024 * 1024 + 1, ..picture(800, 800) }).ends_with("：文件太大"));
    assert!(
        findings(PictureFindings { sharpness: 3, ..picture(600, 400) }).ends_with("：尺寸太小、不是正方形、看着模糊")
    );
}

#[test]
fn a_picture_that_cannot_be_opened_is_a_finding_and_no_end() {
    let mut shop = shop(picture(800, 800));
    shop.products.push(product("2", "水杯"));
    shop.products.push(Product { pictures: Vec::new(), ..product("3", "没图的杯子") });
    let text = plain(&shop.click("main-image-check"));
    assert!(text.contains("| 水杯 | — | — | — | — | 图打不开 |"), "{text}");
    assert!(text.contains("| 没图的杯子 | — | — | — | — | 没有主图 |"), "{text}");
    assert!(text.contains("| 保温杯 | 800像素 | 800像素 | 176 KB | 清楚 | 合格 |"), "{text}");
}

#[test]
fn only_so_many_are_looked_at_and_that_is_said() {
    let mut shop = shop(picture(800, 800));
    shop.products = (0..5).map(|n| product(&n.to_string(), "保温杯")).collect();
    let text = plain(&shop.run("main-image-check", &[("limit", "2")]));
    assert!(text.contains("在售 5款，这次只看了 2款"), "{text}");
}
