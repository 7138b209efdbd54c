//! What tests of screens need: an application at work, pictures of a grid of cells, and a terminal.

pub(crate) mod bench;
pub(crate) mod grid;
pub(crate) mod png;
pub(crate) mod pty;
pub(crate) mod svg;
