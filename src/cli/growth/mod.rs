//! `xiaoer growth`: the score of a shop, or of files that need no installation at all. One file a subcommand; what to score is settled in
//! `subject`, the same for all.

mod args;
mod explain;
mod lines;
mod score;
mod subject;

pub(crate) use args::GrowthCommand;

use super::local::Place;

pub(super) async fn run(place: Place, command: GrowthCommand) -> anyhow::Result<()> {
    match command {
        GrowthCommand::Score(wish) => score::run(place, wish).await,
        GrowthCommand::Explain(wish) => explain::run(place, wish).await,
    }
}
