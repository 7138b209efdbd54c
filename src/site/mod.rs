//! FLOW of a station: what is installed on it, and the demo that ships with the program.

pub mod demo;
pub mod roster;
pub mod shipped;
