//! What tests of screens need: pictures of a grid of cells, and a terminal.

pub(crate) mod grid;
pub(crate) mod png;
pub(crate) mod pty;
pub(crate) mod svg;
