//! The flow of preparing: everything that is made before a run and beside it.
//!
//! May import the kernel and every edge. No run is recorded here and no verdict is made.

pub mod answer;
pub mod check;
pub mod countersign;
pub mod demo;
pub mod difference;
pub mod lock;
pub mod roster;
pub mod scaffold;
pub mod sheet;
pub mod shipped;
pub mod simulate;
