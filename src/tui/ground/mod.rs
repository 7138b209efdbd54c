//! What every screen stands on: what is asked of the outside, keys, colours, and the recorder of what is shown.

pub mod effect;
pub mod keymap;
pub mod recording;
pub mod theme;
