//! Pages that are printed and nothing else.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use clap_complete::Shell;
use siohook_events::Shown;

use crate::{Exit, Failure, args, exit};

/// Prints the help of a command, or a page.
pub(crate) fn print(topic: &[String]) -> Result<Exit, Failure> {
    let mut stdout = anstream::stdout();
    if topic == ["exit-codes"] {
        write!(stdout, "{}", exit::TABLE)?;
        return Ok(Exit::Good);
    }
    let mut root = args::command();
    root.build();
    let mut command = &mut root;
    for word in topic {
        command = command.find_subcommand_mut(word).ok_or_else(|| {
            let word = Shown::value(word);
            Failure::usage(format!("there is no help about `{word}`"))
                .hint("`siohook help` lists the commands; `siohook help exit-codes` is a page")
        })?;
    }
    write!(stdout, "{}", command.render_long_help().ansi())?;
    Ok(Exit::Good)
}

/// Prints what a shell needs to complete the command line.
pub(crate) fn completions(shell: Shell) -> Result<Exit, Failure> {
    let mut script = vec![];
    clap_complete::generate(shell, &mut args::command(), "siohook", &mut script);
    std::io::stdout().write_all(&script)?;
    Ok(Exit::Good)
}

/// Writes `siohook.1`, `siohook-trigger.1` and so on.
pub(crate) fn man(directory: &Path) -> Result<Exit, Failure> {
    let written = fs::create_dir_all(directory)
        .and_then(|()| clap_mangen::generate_to(args::command(), directory));
    written.map_err(|error| Failure::file(Shown::value(directory.display()), &error))?;
    Ok(Exit::Good)
}
