//! The command line. Each command is one file; those that need a shop's data speak to the running server over its API, or to one that
//! they start for themselves on loopback, so there is one way to do each thing.

mod action;
mod args;
mod ask;
mod backup;
mod demo;
mod ground;
mod growth;
mod local;
mod log;
mod mcp;
mod plugin;
mod redact;
mod remote;
mod sandbox;
mod serve;
mod shop;
mod skill;
mod token;
mod trial;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Args, Command, SkillCommand};
use local::Place;

/// Runs the command line.
pub(crate) fn main() -> ExitCode {
    let args = Args::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().thread_name("xiaoer").build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    let result = runtime.block_on(run(args));
    // A skill on a blocking thread is not waited for: its run is taken up again at the next start.
    runtime.shutdown_background();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

async fn run(args: Args) -> anyhow::Result<()> {
    let env = xiaoer::config::Env::of_process();
    let place = Place { data: args.data, config: args.config, env };
    // Settings that are not understood are told by the command that needs them.
    let spans = place.settings().map(|loaded| loaded.config.telemetry).unwrap_or_default();
    let _last_spans = log::start(&place.env, args.log_json, &spans)?;
    match args.command {
        Command::Demo(listen) => demo::run(place, listen).await,
        Command::Serve(listen) => serve::run(place, listen).await,
        Command::Sandbox(options) => sandbox::run(place, options).await,
        Command::Run(wish) => skill::run(place, wish).await,
        Command::Ask(question) => ask::run(place, question).await,
        Command::Mcp(at) => mcp::run(place, at).await,
        Command::Skill(SkillCommand::List(output)) => plugin::list(place, &output).await,
        Command::Skill(SkillCommand::Plugin(command)) => plugin::run(place, command).await,
        Command::Skill(SkillCommand::Trial(command)) => trial::run(place, command).await,
        Command::Growth(command) => growth::run(place, command).await,
        Command::Ground(options) => ground::run(&options),
        Command::Redact(messages) => redact::run(&messages),
        Command::Schedule(command) => skill::schedule(&place, &command),
        Command::Config(command) => shop::config(place, command).await,
        Command::Shop(command) => shop::run(place, command).await,
        Command::Action(command) => action::run(place, command).await,
        Command::Import(file) => shop::import(place, file).await,
        Command::Token(command) => token::run(place, command).await,
        Command::Doctor(output) => shop::doctor(place, output).await,
        Command::Export(file) => backup::export(&place, &file).await,
        Command::Restore(file) => backup::restore(&place, &file).await,
    }
}

fn fail(error: &anyhow::Error) -> ExitCode {
    log::complain(&format!("xiaoer: {error:#}"));
    ExitCode::FAILURE
}
