//! The `asrun` program.

fn main() {}
