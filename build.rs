//! Tells cargo that the shipped procedures and packs are part of the program.

fn main() {
    println!("cargo:rerun-if-changed=procedures");
    println!("cargo:rerun-if-changed=packs");
}
