//! Does nothing. Cargo requires a build script for `links` in the manifest.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
}
