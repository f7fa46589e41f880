//! Writes the documents of every event that systeme.io is known to send:
//!
//! ```sh
//! cargo run -p siohook-docs --example catalogue -- DIR
//! ```

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs, process};

use siohook::describe::Description;
use siohook_docs::{asyncapi, json_schema, markdown, openapi};

fn main() -> Result<(), Box<dyn Error>> {
    let Some(folder) = env::args_os().nth(1) else {
        eprintln!("usage: cargo run -p siohook-docs --example catalogue -- DIR");
        process::exit(2);
    };
    let folder = Path::new(&folder);
    let schemas = folder.join("schemas");
    fs::create_dir_all(&schemas).map_err(|error| format!("{}: {error}", schemas.display()))?;

    let catalogue = Description::of_catalogue();
    write(folder.join("catalogue.md"), markdown(&catalogue))?;
    write(
        folder.join("asyncapi.json"),
        format!("{:#}\n", asyncapi(&catalogue)),
    )?;
    write(
        folder.join("openapi.json"),
        format!("{:#}\n", openapi(&catalogue)),
    )?;
    for event in siohook::events() {
        let path = schemas.join(event.name().to_owned() + ".json");
        write(path, format!("{:#}\n", json_schema(event)))?;
    }
    Ok(())
}

fn write(path: PathBuf, text: String) -> Result<(), Box<dyn Error>> {
    fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    println!("{}", path.display());
    Ok(())
}
