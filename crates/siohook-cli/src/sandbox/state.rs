use std::path::PathBuf;

use clap::Args;

use crate::client::{Client, Connection};
use crate::input;
use crate::{Exit, Failure, Output, output};

/// Write the account as a file for `import` and `--load`. It holds secrets
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  siohook sandbox export > account.json")]
pub(super) struct Export {
    #[command(flatten)]
    connection: Connection,
}

/// Replace the account by that of a file
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  siohook sandbox import account.json")]
pub(super) struct Import {
    /// What `export` wrote, `-` for the standard input
    file: PathBuf,
    #[command(flatten)]
    connection: Connection,
}

impl Export {
    pub(super) async fn run(self, output: Output) -> Result<Exit, Failure> {
        let mut client = Client::new(self.connection, output);
        let state = client.bytes("/state").await?;
        output::bytes(&state)?;
        if !state.ends_with(b"\n") {
            output::bytes(b"\n")?;
        }
        Ok(Exit::Good)
    }
}

impl Import {
    pub(super) async fn run(self, output: Output) -> Result<Exit, Failure> {
        let (name, state) = input::read(&self.file)?;
        let mut client = Client::new(self.connection, output);
        client.put("/state", state.into()).await?;
        output.words(format_args!("the account is that of {name}"));
        Ok(Exit::Good)
    }
}
