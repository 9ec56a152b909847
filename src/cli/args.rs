//! What can be typed. Help texts are written for the person who types.

use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Parser, Subcommand};
use xiaoer_sdk::growth::Industry;

use super::growth::GrowthCommand;
use super::plugin::PluginCommand;
use super::trial::TrialCommand;

/// 小二：1688 商家的 AI 数字员工。An AI digital staff for merchants on 1688.
#[derive(Debug, Parser)]
#[command(name = "xiaoer", version, propagate_version = true)]
pub(crate) struct Args {
    /// Directory for everything that is kept.
    #[arg(long, global = true, value_name = "DIR", default_value = "data")]
    pub(crate) data: PathBuf,
    /// Settings to merge over the built-in ones; without it, agents.toml in this directory if there is one.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Log as JSON lines.
    #[arg(long, global = true)]
    pub(crate) log_json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Two sandbox shops and everything else, without any key.
    Demo(Listen),
    /// Serve the console, run schedules and work.
    Serve(Listen),
    /// Serve the stand-in for the 1688 open platform alone.
    Sandbox(SandboxOptions),
    /// Run a skill and print its report.
    Run(Wish),
    /// Ask a member of staff something.
    Ask(Question),
    /// Be an MCP server on this pipe: the staff's skills as tools for an assistant. Over HTTP it is /mcp of `xiaoer serve` (docs/mcp.md).
    Mcp(Elsewhere),
    /// What the staff can do.
    #[command(subcommand)]
    Skill(SkillCommand),
    /// The growth score, and what it is made of.
    #[command(subcommand)]
    Growth(GrowthCommand),
    /// Check narratives against facts: JSON lines {"text": "…"} in, one verdict a line out.
    Ground(Narratives),
    /// Take phones, ids, cards, addresses, names and accounts out of messages, one a line.
    Redact(Messages),
    /// When schedules fire.
    #[command(subcommand)]
    Schedule(ScheduleCommand),
    /// Settings and where they come from.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// The shops that the staff works for.
    #[command(subcommand)]
    Shop(ShopCommand),
    /// What waits for a person, and a person's own wishes.
    #[command(subcommand)]
    Action(ActionCommand),
    /// Read an order export, costs, traffic, inquiries and other files into a shop (docs/files.md).
    Import(ImportFile),
    /// Tokens for other people's assistants: they may ask, and decide nothing (docs/mcp.md).
    #[command(subcommand)]
    Token(TokenCommand),
    /// Check the installation and say what to mend.
    Doctor(Output),
    /// Write a backup of everything (secrets stay sealed; keep the key file too).
    Export(BackupFile),
    /// Read a backup into an empty data directory.
    Restore(BackupFile),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Messages {
    /// Messages, one a line; without it they are read from the input.
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Output {
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Listen {
    /// Address of the console.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8787")]
    pub(crate) listen: SocketAddr,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SandboxOptions {
    /// Address of the open platform's stand-in.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8788")]
    pub(crate) listen: SocketAddr,
    /// Seed of the generated shop.
    #[arg(long, default_value_t = 7)]
    pub(crate) seed: u64,
    /// Method that is answered with gw.APIACLDecline; may be repeated.
    #[arg(long, value_name = "API")]
    pub(crate) withhold: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Wish {
    /// The skill, as `xiaoer skill list` names it.
    pub(crate) skill: String,
    /// The shop's id.
    #[arg(long)]
    pub(crate) shop: String,
    /// A value of the skill's form; may be repeated.
    #[arg(long = "input", value_name = "KEY=VALUE")]
    pub(crate) input: Vec<String>,
    /// Report about the days up to this one; default: the last complete day.
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<NaiveDate>,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Question {
    /// The question.
    pub(crate) text: String,
    /// Whom to ask, as agents.toml names the roles.
    #[arg(long, required_unless_present = "talk")]
    pub(crate) role: Option<String>,
    /// The shop's id; may be left out when there is only one.
    #[arg(long)]
    pub(crate) shop: Option<String>,
    /// Go on with this conversation.
    #[arg(long, value_name = "ID", conflicts_with = "role")]
    pub(crate) talk: Option<String>,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Elsewhere {
    /// Speak for an installation on another machine. XIAOER_TOKEN holds the assistant's token (`xiaoer token new`), here as there.
    #[arg(long, value_name = "URL")]
    pub(crate) server: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SkillCommand {
    /// List the skills.
    List(Output),
    #[command(flatten)]
    Plugin(PluginCommand),
    #[command(flatten)]
    Trial(TrialCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum ScheduleCommand {
    /// The next five fires of every schedule.
    Next(Output),
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Every setting, its value and its origin.
    Show {
        /// Also what this shop's merchant changed.
        #[arg(long)]
        shop: Option<String>,
        #[command(flatten)]
        output: Output,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ActionCommand {
    /// Every action, newest first.
    List(Of),
    /// Propose a change of your own; it needs a yes like any other.
    Propose {
        /// The shop's id.
        #[arg(long)]
        shop: String,
        /// The change: {"kind":"memo.write","order":"…","text":"…","flag":"red"}.
        #[arg(long, value_name = "JSON")]
        change: String,
        /// Why.
        #[arg(long, default_value = "")]
        why: String,
        /// For picture.set: the picture.
        #[arg(long, value_name = "FILE")]
        picture: Option<PathBuf>,
    },
    /// Yes, to exactly what `list` shows.
    Approve(Decide),
    /// No.
    Reject(Decide),
    /// It did not take effect; submit it once more.
    Retry(Decide),
    /// It was done by hand; the next sync confirms it.
    Claim(Decide),
    /// Take it back.
    Undo(Decide),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Of {
    /// The shop's id.
    #[arg(long)]
    pub(crate) shop: String,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Decide {
    /// The shop's id.
    #[arg(long)]
    pub(crate) shop: String,
    /// The action's id.
    pub(crate) action: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token; it is shown this once.
    New {
        /// What you call the assistant.
        name: String,
        /// A shop that it may ask in; may be repeated. Without it: every shop that there is now.
        #[arg(long, value_name = "ID")]
        shop: Vec<String>,
        #[command(flatten)]
        output: Output,
    },
    /// List the tokens and when each was last used.
    List(Output),
    /// Take a token back, at once.
    Revoke {
        /// What you call the assistant.
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ShopCommand {
    /// Add a shop, or change how it is reached.
    Add(NewShop),
    /// List the shops.
    List(Output),
    /// Give leave to call for a shop: prints the link to open, then takes the address (or code) that it led to.
    Authorize {
        /// The shop's id.
        #[arg(long)]
        shop: String,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct NewShop {
    /// A short id: letters, digits, hyphens.
    pub(crate) id: String,
    /// Its name.
    #[arg(long)]
    pub(crate) name: String,
    /// Which growth formula counts.
    #[arg(long)]
    pub(crate) industry: Industry,
    /// Its time zone.
    #[arg(long, default_value = "Asia/Shanghai")]
    pub(crate) zone: chrono_tz::Tz,
    /// The open platform's address; without it the shop lives from imported files.
    #[arg(long, value_name = "URL", requires_all = ["app_key", "secret_env"])]
    pub(crate) gateway: Option<String>,
    /// Address before picture paths.
    #[arg(long, value_name = "URL")]
    pub(crate) pictures: Option<String>,
    /// The app's key.
    #[arg(long)]
    pub(crate) app_key: Option<String>,
    /// Name of the environment variable that holds the app's secret.
    #[arg(long, value_name = "NAME")]
    pub(crate) secret_env: Option<String>,
    /// Name of the environment variable that holds the shop's access token; without it, `shop authorize` comes next.
    #[arg(long, value_name = "NAME")]
    pub(crate) token_env: Option<String>,
    /// The shop's memberId (b2b-…); without it, the first authorization tells.
    #[arg(long)]
    pub(crate) member_id: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ImportFile {
    /// The file; what it is is read from its header. With --template, where to write the template.
    #[arg(required_unless_present = "template")]
    pub(crate) file: Option<PathBuf>,
    /// The shop's id.
    #[arg(long, required_unless_present = "template")]
    pub(crate) shop: Option<String>,
    /// Only say what the import would do.
    #[arg(long)]
    pub(crate) preview: bool,
    /// Write an empty table to fill in, .xlsx or .csv by the file's name: costs, ads, inquiries, marks, traffic, refunds, ledger.
    #[arg(long, value_name = "KIND", conflicts_with_all = ["shop", "preview"])]
    pub(crate) template: Option<xiaoer_orders::Template>,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Narratives {
    /// The facts: an object by id or a list, each with a label and a value.
    #[arg(long, value_name = "FACTS.json")]
    pub(crate) facts: PathBuf,
    /// The narratives; without it, the input stream.
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct BackupFile {
    /// The backup: JSON lines.
    pub(crate) file: PathBuf,
}
