//! The one test binary: every test file is declared here, so that nothing is forgotten.

mod accidents;
mod architecture;
mod commands;
#[cfg(feature = "tui")]
mod screens;
mod world;
mod zoo;
