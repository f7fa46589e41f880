//! The flags of every command.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Args, Debug)]
#[command(next_help_heading = "Everywhere")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the user")]
pub(crate) struct Global {
    /// Write data and errors as JSON, one object a line
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
    /// Write no words that can be missed
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Write what is asked of a sandbox and of systeme.io's API
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// Never ask: what would need an answer fails
    #[arg(long, global = true)]
    pub(crate) no_input: bool,
    /// File of settings. By default `siohook.toml` here or above, and `config.toml` of the user
    #[arg(long, global = true, value_name = "FILE", env = "SIOHOOK_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// The folder of recorded deliveries, instead of the one of this user
    #[arg(long, global = true, value_name = "DIR", env = "SIOHOOK_STORE")]
    pub(crate) store: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    Always,
    Never,
}
