//! `xiaoer growth`: the score of a shop and its coming days, or those of files that need no installation at all. One file a subcommand; what to score is settled in
//! `subject`, the same for all.

mod args;
mod backtest;
mod explain;
mod forecast;
mod lines;
mod plan;
mod score;
mod subject;

pub(crate) use args::GrowthCommand;

use super::local::Place;

pub(super) async fn run(place: Place, command: GrowthCommand) -> anyhow::Result<()> {
    match command {
        GrowthCommand::Score(wish) => score::run(place, wish).await,
        GrowthCommand::Explain(wish) => explain::run(place, wish).await,
        GrowthCommand::Forecast(wish) => forecast::run(place, wish).await,
        GrowthCommand::Plan(wish) => plan::run(place, *wish).await,
        GrowthCommand::Backtest(wish) => backtest::run(place, wish).await,
    }
}
