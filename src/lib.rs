//! asrun: guided procedure execution with a signed as-run record.

pub mod bundle;
pub mod cli;
pub mod desk;
pub mod kernel;
pub mod keys;
pub mod library;
pub mod session;
pub mod store;
#[cfg(feature = "tui")]
pub mod tui;
pub mod verify;
