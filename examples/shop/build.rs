fn main() {
    // A new migration is compiled in, though no source has changed.
    println!("cargo:rerun-if-changed=migrations");
}
