//! `xiaoer skill …` for plugins: what an author does with a folder, and what an owner does with an installation.

mod author;
mod new;
mod owner;

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

use super::args::Output;
use super::local::Place;

pub(super) use owner::list;

#[derive(Debug, Subcommand)]
pub(crate) enum PluginCommand {
    /// Make a folder for a new plugin, with something in it that works.
    New(New),
    /// Check a plugin's folder and say what is wrong with it.
    Check {
        /// The folder.
        dir: PathBuf,
    },
    /// Make a key to sign with, or show the public half of one.
    Key {
        /// The key's file; keep it to yourself, and keep a copy.
        file: PathBuf,
    },
    /// Pack and sign a plugin: NAME-VERSION.xskill.
    Pack {
        /// The folder.
        dir: PathBuf,
        /// The key to sign with, from `xiaoer skill key`.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// Where to write the archive.
        #[arg(long, value_name = "DIR", default_value = ".")]
        out: PathBuf,
    },
    /// Write index.json for a folder of archives, to be put on any HTTPS host.
    Index(Publish),
    /// Install a plugin: an archive, a folder, or a name from an index.
    Install(Install),
    /// Let a plugin do for a shop what it wishes for.
    Grant {
        /// The plugin.
        name: String,
        /// The shop's id.
        #[arg(long)]
        shop: String,
    },
    /// Take a plugin off; runs that have begun end with it.
    Remove {
        /// The plugin.
        name: String,
    },
    /// Look for newer versions.
    Update {
        /// The plugin; all without it.
        name: Option<String>,
    },
    /// Go back to the version before, and stay there.
    Rollback {
        /// The plugin.
        name: String,
    },
    /// Keep a plugin at its version.
    Pin {
        /// The plugin.
        name: String,
        /// Let it go on again.
        #[arg(long)]
        off: bool,
    },
    /// Trust an author's key; without one, list the keys.
    Trust {
        /// The key, 64 hex digits.
        key: Option<String>,
        /// Never again, and stop what it signed.
        #[arg(long, requires = "key")]
        revoke: bool,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct New {
    /// Lower-case letters, digits, hyphens.
    pub(super) name: String,
    /// How it is written.
    #[arg(long, default_value = "js")]
    pub(super) kind: Kind,
    /// Who runs it, as agents.toml names the roles.
    #[arg(long, default_value = "operations")]
    pub(super) role: String,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Kind {
    /// Words for the model, no code.
    Prompt,
    /// JavaScript.
    Js,
    /// Rust, built as a component.
    Rust,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Publish {
    /// The folder with the archives; its index.json is replaced.
    pub(super) dir: PathBuf,
    /// The key to sign with.
    #[arg(long, value_name = "FILE")]
    pub(super) key: PathBuf,
    /// Not to be installed any more; may be repeated.
    #[arg(long, value_name = "NAME@VERSION")]
    pub(super) yank: Vec<String>,
    /// Not to run any more; may be repeated.
    #[arg(long, value_name = "NAME@VERSION")]
    pub(super) revoke: Vec<String>,
    /// Nothing that this key signed is to run any more; may be repeated.
    #[arg(long, value_name = "KEY")]
    pub(super) revoke_key: Vec<String>,
    /// The old key that --key takes the place of.
    #[arg(long, value_name = "FILE")]
    pub(super) replaces: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Install {
    /// An archive, a folder, or a name of the index.
    pub(super) what: String,
    /// The index to look the name up in: an https address or a folder.
    #[arg(long, value_name = "URL|DIR")]
    pub(super) index: Option<String>,
    /// Trust the author's key if it was never seen.
    #[arg(long)]
    pub(super) trust: bool,
    /// For an Agent Skill from elsewhere: who runs it.
    #[arg(long, conflicts_with = "index")]
    pub(super) role: Option<String>,
    /// For an Agent Skill from elsewhere: what it may do at most, as in "shop(orders)".
    #[arg(long, default_value = "", requires = "role")]
    pub(super) allow: String,
    #[command(flatten)]
    pub(super) output: Output,
}

pub(super) async fn run(place: Place, command: PluginCommand) -> anyhow::Result<()> {
    match command {
        PluginCommand::New(wish) => new::new(&place, &wish).await,
        PluginCommand::Check { dir } => author::check(&place, &dir),
        PluginCommand::Key { file } => author::key(&file),
        PluginCommand::Pack { dir, key, out } => author::pack(&place, &dir, &key, &out),
        PluginCommand::Index(wish) => author::index(&wish),
        PluginCommand::Install(wish) => owner::install(place, wish).await,
        PluginCommand::Grant { name, shop } => owner::grant(place, &name, &shop).await,
        PluginCommand::Remove { name } => owner::remove(place, &name).await,
        PluginCommand::Update { name } => owner::update(place, name).await,
        PluginCommand::Rollback { name } => owner::rollback(place, &name).await,
        PluginCommand::Pin { name, off } => owner::pin(place, &name, !off).await,
        PluginCommand::Trust { key, revoke } => owner::trust(place, key, revoke).await,
    }
}
