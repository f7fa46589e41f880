//! Packages that are written and built only when they are measured.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// A package outside of the workspace.
#[derive(Debug)]
pub struct Package(PathBuf);

impl Package {
    /// Writes a package under `target/benches/`. It has the libraries of the
    /// workspace in the same versions.
    ///
    /// # Panics
    ///
    /// It can't be written.
    #[must_use]
    pub fn write(name: &str, dependencies: &str, files: &[(&str, &str)]) -> Self {
        let folder = root().join("target/benches").join(name);
        let _ = fs::remove_dir_all(folder.join("src"));
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\n{}\n\n[workspace]\n",
            dependencies.replace("{root}", &root().display().to_string()),
        );
        for (path, text) in [("Cargo.toml", &*manifest)].iter().chain(files) {
            let file = folder.join(path);
            let parent = file.parent().expect("it is in the package");
            fs::create_dir_all(parent).expect("the folder can be made");
            fs::write(file, text).expect("the file can be written");
        }
        fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock"))
            .expect("the workspace has a lock file");
        Self(folder)
    }

    /// Runs a command of cargo, with this folder for what is built.
    ///
    /// # Panics
    ///
    /// It fails.
    pub fn cargo(&self, target: &Path, arguments: &[&str]) {
        let status = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()))
            .args(arguments)
            .current_dir(&self.0)
            .env("CARGO_TARGET_DIR", target)
            .status();
        assert!(
            status.is_ok_and(|status| status.success()),
            "cargo {arguments:?} failed in {}",
            self.0.display()
        );
    }

    /// Changes a file.
    ///
    /// # Panics
    ///
    /// There is no such file, or it does not have this text.
    pub fn replace(&self, file: &str, text: &str, other: &str) {
        let file = self.0.join(file);
        let old = fs::read_to_string(&file).expect("the file was written");
        let new = old.replacen(text, other, 1);
        assert_ne!(old, new, "there is no {text:?}");
        fs::write(file, new).expect("the file can be written");
    }
}

/// The folder for what several packages share when they are built.
#[must_use]
pub fn shared_target() -> PathBuf {
    root().join("target/benches/target")
}

fn root() -> PathBuf {
    let benches = Path::new(env!("CARGO_MANIFEST_DIR"));
    benches.parent().map_or_else(PathBuf::new, Path::to_owned)
}
