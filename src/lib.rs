//! asrun: guided procedure execution in the terminal, with a signed as-run record that anyone can check.
//!
//! Rings, visible as folders:
//!
//! - [`kernel`]: pure. What a run is, how it is encoded, signed, decided and judged.
//! - [`disk`]: the one way to change a file.
//! - edges, each of which touches one outside thing: [`keys`] (private keys), [`store`] (the disk of a station),
//!   [`library`] (documents and packages), [`bundle`] (the container).
//! - words: [`telling`], the same in every face.
//! - flows: [`authoring`] writes and locks, [`site`] prepares a station, [`session`] records, [`verify`] judges,
//!   [`countersign`] adds what others sign.
//! - faces: `tui`, [`cli`], and [`drive`] without a screen.
//!
//! Arrows point inwards: an edge imports the kernel and the disk alone, so two edges meet only in a flow; a face acts through
//! flows. **The recorder cannot judge, the verifier cannot sign.** `tests/architecture.rs` holds the arrows true.
//!
//! # The life of a record
//!
//! ```text
//! key press
//!   → keymap: Action::Confirm(step)                      tui
//!   → app.update → Effect::Submit(Intent)                tui      (pure)
//!   → session.submit(intent)                             session
//!       1 store::evidence.put(bytes) → digests                    bytes safe first
//!       2 run.decide(intent, actor, now) → Draft                  kernel: gates and policy say yes, or Refusal (recorded too)
//!       3 draft.link(head) → canonical bytes, digest              kernel
//!       4 signer.sign(envelope) → SignedRecord                    keys
//!       5 journal.append(signed) → Committed                      store: synced; only now it happened
//!       6 run.after(committed) → run', head'                      kernel: the same function as replay
//!   → app receives Committed, redraws                    tui
//! ```
//!
//! Judging: [`bundle::Source::open`] (bounded, strict) → [`verify::check`] (every stage in its fixed order) → a
//! [`verify::Report`] → [`cli`] or a screen. `drive`, without a screen, sends the same intents into the same session:
//! whoever executes, person or program, the guarantee is the same.
//!
//! Every byte is described in [`bundle::format`].

pub mod authoring;
pub mod bundle;
pub mod cli;
pub mod countersign;
pub mod disk;
pub mod drive;
pub mod kernel;
pub mod keys;
pub mod library;
pub mod session;
pub mod site;
pub mod store;
pub mod telling;
#[cfg(feature = "tui")]
pub mod tui;
#[cfg(feature = "vectors")]
pub mod vectors;
pub mod verify;
