//! Says that locks are those of loom.

fn main() {
    println!("cargo::rustc-cfg=siohook_loom");
    println!("cargo::rerun-if-changed=build.rs");
}
