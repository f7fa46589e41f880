use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

/// A package with one program, outside every workspace. Its folder is removed on drop.
pub(crate) struct Package(PathBuf);

impl Package {
    /// Writes the package. Its dependencies have the same versions as those of the laboratory.
    pub(crate) fn write(dependencies: &str, source: &str) -> io::Result<Self> {
        let lab = Path::new(env!("CARGO_MANIFEST_DIR"));
        let package = Self(env::temp_dir().join(format!("siohook-cost-{}", std::process::id())));
        let folder = &package.0;
        fs::create_dir_all(folder.join("src"))?;
        let siohook = lab.join("../../crates/siohook").canonicalize()?;
        let dependencies = dependencies.replace("{siohook}", &siohook.display().to_string());
        let manifest = format!(
            "[package]\nname = \"server\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\n{dependencies}\n\n[workspace]\n",
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        fs::write(folder.join("src/main.rs"), source)?;
        fs::copy(lab.join("Cargo.lock"), folder.join("Cargo.lock"))?;
        Ok(package)
    }

    /// Runs cargo.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> io::Result<()> {
        let status = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()))
            .args(arguments)
            .arg("--quiet")
            .current_dir(&self.0)
            .env("CARGO_TARGET_DIR", self.0.join("target"))
            .status()?;
        if !status.success() {
            return Err(io::Error::other(format!("cargo {arguments:?}: {status}")));
        }
        Ok(())
    }

    /// Replaces a text in the source, and panics if the source does not have it.
    pub(crate) fn replace(&self, text: &str, other: &str) -> io::Result<()> {
        let file = self.0.join("src/main.rs");
        let old = fs::read_to_string(&file)?;
        let new = old.replacen(text, other, 1);
        assert_ne!(old, new, "the source has no {text:?}");
        fs::write(file, new)
    }

    /// The path of the program that `cargo build` made, in this profile's folder.
    pub(crate) fn program(&self, profile: &str) -> PathBuf {
        self.0.join("target").join(profile).join("server")
    }
}

impl Drop for Package {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
