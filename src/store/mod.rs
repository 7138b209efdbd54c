//! The disk of a station: paths, durable writes, the journal, the evidence and the one-writer lock.
//!
//! Imports the kernel only. Nothing here decides what a record means, signs or checks a signature:
//! it answers one question, "is it safely on disk?", and says so with a [`Committed`]
//! (FORMAT.md §4 and §5). Deliberately absent: the container (`bundle`) and every clock.

mod cache;
mod checkpoint;
mod error;
pub mod evidence;
mod head;
mod intake;
pub mod journal;
pub mod layout;
mod left;
pub mod lock;
mod medium;
pub mod memory;
mod named;
mod rescue;
pub mod screening;
mod tail;
mod taken;
mod whole;

pub use crate::disk::{Disk, Fault, Step};
pub use cache::{Cache, Key};
pub use checkpoint::Checkpoint;
pub use error::{AppendError, CaptureError, JournalError, LockError, Rescue, StoreError};
pub use evidence::{EvidenceStore, Progress, Stored};
pub use head::{Acknowledged, Head, acknowledged, read_head};
pub use journal::{Committed, Journal};
pub use layout::{Home, RunPaths};
pub use left::{Deed, Left};
pub use lock::{Holder, Lock};
pub use medium::{Kind, Medium, medium};
pub use memory::{Memory, Occasion, Sight, Sighting, remember};
pub use named::Strange;
pub use rescue::{PutBack, end_rescue, put_back, read_rescued};
pub use screening::facts::{Facts, facts};
pub use tail::{Lines, Tail, last_line, read_lines, stream};
pub use taken::TakenIn;
pub use whole::{WholeError, read_text, read_whole};
