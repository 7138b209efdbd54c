//! FLOW of authoring: a document is begun, checked, walked on paper, locked and compared.
//!
//! May import the kernel and every edge. No run is recorded here and no verdict is made.

pub mod check;
pub mod difference;
pub mod lock;
pub mod scaffold;
pub mod sheet;
pub mod simulate;
