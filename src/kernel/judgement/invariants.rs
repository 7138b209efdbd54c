//! The invariants of FORMAT.md §11, to each of which findings point: what would have to hold, and does not.

/// What this program keeps to, whatever else is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invariant {
    /// Its number, such as `AR-009`; it is never given to another one.
    pub number: &'static str,
    /// What holds.
    pub holds: &'static str,
    /// Why.
    pub reason: &'static str,
}

macro_rules! invariants {
    ($($name:ident = $number:literal, $holds:literal, $reason:literal;)*) => {
        $(#[doc = $holds] pub const $name: &str = $number;)*
        /// All of them, by number.
        pub const ALL: &[Invariant] = &[$(Invariant { number: $number, holds: $holds, reason: $reason },)*];
    };
}

invariants! {
    GATED = "AR-001", "No act without a recorded gate decision", "who asks \"why was this allowed\" finds the answer in the same line";
    REPRODUCIBLE = "AR-002", "No decision without the inputs that reproduce it", "a stored \"pass\" would have to be believed";
    APPEND_ONLY = "AR-003", "The journal only grows, save a recorded torn tail; each record is linked, signed and durable before it is shown as recorded", "a screen that runs ahead of the disk lies after a crash";
    DENIED = "AR-004", "A denial carries codes and is itself recorded", "what was tried and refused is part of what happened";
    REPLAYED = "AR-005", "Replay of the journal yields exactly the state, the decisions and the verdict of the live run", "one set of rules, so nobody judges by another than was worked by";
    EVIDENCE = "AR-006", "Evidence is addressed by its content and durable before the record that names it", "a record never points at nothing";
    SEALED = "AR-007", "Sealed bytes never change; sign-offs and layers only append", "a seal that may be mended seals nothing";
    OUTSIDE = "AR-008", "Nothing inside a bundle can authenticate the bundle", "whoever makes the bundle could make that too";
    TAMPERING = "AR-009", "No flipped, removed, added or reordered byte of the sealed part or the receipt, by anyone without the signing keys, yields anything but FAIL", "tampering never looks like something smaller";
    APPENDED = "AR-010", "Nothing appended turns FAIL into anything else; nothing removed raises a grade, save an undelivered rejection or contradiction", "strangers have no say; the exception is stated in every report";
    REDACTED = "AR-011", "Redaction is explicit and keeps the digest", "a gap must look like a gap";
    ONE_WRITER = "AR-012", "One writer at a time on one host; a second one is refused with the holder's name", "two writers make two truths";
    SAFE_STATE = "AR-013", "Abort to a safe state is never blocked by a form", "paper waits, people do not";
    SECOND_PERSON = "AR-014", "Performer (any actor of a step, value, check or evidence record), verifier and approver are distinct persons where the policy says so, by person and by key", "a second pair of eyes must be a second pair";
    PURE = "AR-015", "The verifier holds no private key, opens no socket, reads no clock, home or environment", "the same bundle is judged alike everywhere and for ever";
    DEMANDS = "AR-016", "FINAL only where every demand of procedure, profile and roster was met, by those whom they name", "a demand that nobody asks for is no demand";
    ONE_RECORD = "AR-017", "A run has one record; a second one is told, and sinks both where somebody with a say made it", "of two true records one is false";
    UNKNOWN = "AR-018", "What cannot be checked is neither passed nor called forged", "unknown is not good, and not bad either";
    TIME = "AR-019", "No time counts as passed that the clocks do not prove, and no clock is believed against itself", "a clock can be set";
    BOUNDED = "AR-020", "Whatever stands in a bundle, reading it costs no more than the format allows", "a verifier that can be stopped says nothing";
}

/// Returns the invariant of this number.
#[must_use]
pub fn invariant(number: &str) -> Option<&'static Invariant> {
    ALL.iter().find(|invariant| invariant.number == number)
}
