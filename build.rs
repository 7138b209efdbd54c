//! Tells cargo that the shipped procedures and packs are part of the program, and the vectors too.

fn main() {
    println!("cargo:rerun-if-changed=procedures");
    println!("cargo:rerun-if-changed=packs");
    println!("cargo:rerun-if-changed=tests/vectors");
}
