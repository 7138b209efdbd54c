//! The one test binary: every test file is declared here, so that nothing is forgotten.

mod accidents;
mod architecture;
mod clocks;
mod commands;
mod language;
mod one_rule;
mod properties;
mod recorded;
#[cfg(feature = "tui")]
mod screens;
mod shipped;
mod world;
#[cfg(feature = "vectors")]
mod zoo;
