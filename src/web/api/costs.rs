//! What products cost: entered in a form, or taken away as a list to fill in.

use std::collections::HashSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use xiaoer_orders::{Sheet, Template};
use xiaoer_sdk::shop::{Cost, Product};

use super::imports::{PERSON, attached};
use crate::app::App;
use crate::shop::Shop;
use crate::shop::costs::{self, CostChange, CostError, Entered};
use crate::web::error::Problem;
use crate::web::extract::{Body, Of};
use crate::web::view::costs::Costs;

/// Costs to keep.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    costs: Vec<Entered>,
}

/// What a save has changed.
#[derive(Serialize)]
pub(crate) struct Kept {
    changes: Vec<CostChange>,
}

pub(crate) async fn list(State(app): State<Arc<App>>, Of(shop): Of) -> Result<Json<Vec<Cost>>, Problem> {
    let generation = app.mirror.generation(&shop.id).await?;
    Ok(Json(app.mirror.costs(&shop, generation).await?))
}

pub(crate) async fn enter(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Body(form): Body<Form>,
) -> Result<Json<Kept>, Problem> {
    let changes = costs::enter(&shop, &app.mirror, (PERSON, &app.clock), form.costs).await?;
    Ok(Json(Kept { changes }))
}

/// Every product and variant with its cost, blank where it is unknown: filled in, it can be imported as it is.
pub(crate) async fn download(State(app): State<Arc<App>>, Of(shop): Of) -> Result<Response, Problem> {
    let (products, costs) = known(&app, &shop).await?;
    let sheet = sheet(&products, &costs);
    // A workbook of many thousand rows is a second of work.
    let book = tokio::task::spawn_blocking(move || sheet.to_xlsx()).await.map_err(Problem::broken)?;
    Ok(attached("成本表.xlsx", book.map_err(Problem::broken)?))
}

/// Products and costs of a shop as they are known now.
pub(crate) async fn known(app: &App, shop: &Shop) -> Result<(Vec<Product>, Vec<Cost>), Problem> {
    let generation = app.mirror.generation(&shop.id).await?;
    Ok((app.mirror.products(shop, generation).await?, app.mirror.costs(shop, generation).await?))
}

fn sheet(products: &[Product], rows: &[Cost]) -> Sheet {
    let costs = Costs::of(rows);
    let cost =
        |product: &str, sku: Option<&str>| costs.get(product, sku).map(|cost| cost.to_string()).unwrap_or_default();
    let mut listed = HashSet::new();
    let mut lines = Vec::new();
    for product in products {
        let mut line = |sku: Option<&str>, name: &str| {
            listed.insert((product.id.clone(), sku.map(str::to_owned)));
            let cells = [product.id.as_str(), sku.unwrap_or_default(), &cost(&product.id, sku), &product.title, name];
            lines.push(cells.map(str::to_owned).to_vec());
        };
        line(None, "所有规格");
        product.skus.iter().for_each(|sku| line(Some(&sku.number), &sku.name));
    }
    // Costs of what is no longer listed are the merchant's all the same.
    for row in rows.iter().filter(|row| !listed.contains(&(row.product.clone(), row.sku.clone()))) {
        lines.push(vec![row.product.clone(), row.sku.clone().unwrap_or_default(), row.cost.to_string()]);
    }
    let mut header = Template::Costs.sheet().header;
    header.extend(["商品标题".to_owned(), "规格".to_owned()]);
    Sheet { notes: Vec::new(), header, rows: lines }
}

impl From<CostError> for Problem {
    fn from(error: CostError) -> Self {
        match error {
            CostError::Refused(why) => Self::bad(why),
            CostError::Db(error) => error.into(),
        }
    }
}
