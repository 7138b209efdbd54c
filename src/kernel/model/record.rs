//! Records: events with actor, time and place in the chain, and their signed lines (FORMAT.md §4).

use super::event::Event;
use super::name::{PersonId, Role, RunId};
use super::time::{Moment, Now, Timestamp};
use crate::kernel::canon::digest::LineDigest;
use crate::kernel::canon::{self, NotCanonical, Refused};
use crate::kernel::signature::{KeyId, PublicKey, RECORD_TYPE, RawSignature, pae};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The longest journal line that is read or written, in bytes.
pub const MAX_LINE: usize = 1024 * 1024;

/// What a signature means (a closed list).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// I did it.
    Performed,
    /// I looked at it.
    PeerChecked,
    /// I identified it together with the performer, before the act.
    ConcurrentlyVerified,
    /// I read it for myself, afterwards.
    IndependentlyVerified,
    /// I was there.
    Witnessed,
    /// Work may go on.
    HoldReleased,
    /// This departed from the plan.
    DeviationRaised,
    /// The dispositions stand.
    DispositionApproved,
    /// I read it.
    Reviewed,
    /// It is good.
    Approved,
    /// It is not.
    Rejected,
    /// I hand over.
    TurnoverGiven,
    /// I take over.
    TurnoverAccepted,
    /// I corrected my entry.
    EntryCorrected,
    /// Nothing can get worse.
    SafeStateConfirmed,
    /// The record is closed.
    Sealed,
}

impl Meaning {
    /// Every meaning.
    pub const ALL: [Self; 16] = [
        Self::Performed,
        Self::PeerChecked,
        Self::ConcurrentlyVerified,
        Self::IndependentlyVerified,
        Self::Witnessed,
        Self::HoldReleased,
        Self::DeviationRaised,
        Self::DispositionApproved,
        Self::Reviewed,
        Self::Approved,
        Self::Rejected,
        Self::TurnoverGiven,
        Self::TurnoverAccepted,
        Self::EntryCorrected,
        Self::SafeStateConfirmed,
        Self::Sealed,
    ];

    /// Returns the word of the language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Performed => "performed",
            Self::PeerChecked => "peer_checked",
            Self::ConcurrentlyVerified => "concurrently_verified",
            Self::IndependentlyVerified => "independently_verified",
            Self::Witnessed => "witnessed",
            Self::HoldReleased => "hold_released",
            Self::DeviationRaised => "deviation_raised",
            Self::DispositionApproved => "disposition_approved",
            Self::Reviewed => "reviewed",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::TurnoverGiven => "turnover_given",
            Self::TurnoverAccepted => "turnover_accepted",
            Self::EntryCorrected => "entry_corrected",
            Self::SafeStateConfirmed => "safe_state_confirmed",
            Self::Sealed => "sealed",
        }
    }
}

/// An event with who, when and its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Who.
    pub actor: PersonId,
    /// Which start of the machine `mono_ms` counts from.
    pub boot: String,
    /// What.
    pub event: Event,
    /// Monotonic milliseconds.
    pub mono_ms: i64,
    /// Digest of the line before; of the package for the first.
    pub prev: LineDigest,
    /// In which role.
    pub role: Role,
    /// In which run.
    pub run: RunId,
    /// From 1, without gap.
    pub seq: u64,
    /// When, by the wall clock.
    pub time: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    actor: PersonId,
    boot: String,
    data: Value,
    kind: String,
    mono_ms: i64,
    prev: LineDigest,
    role: Role,
    run: RunId,
    seq: u64,
    time: Timestamp,
}

impl Record {
    /// Returns the moment that it bears, with its place in the journal.
    #[must_use]
    pub fn moment(&self) -> Moment {
        Moment { seq: self.seq, clocks: self.now() }
    }

    /// Returns the canonical bytes, which are what is signed.
    ///
    /// # Errors
    /// When a text in it holds a NUL.
    pub fn body(&self) -> Result<Vec<u8>, NotCanonical> {
        let shape = |e: serde_json::Error| NotCanonical::Shape(e.to_string());
        let mut event = serde_json::to_value(&self.event).map_err(shape)?;
        canon::encode(&Wire {
            actor: self.actor.clone(),
            boot: self.boot.clone(),
            data: event["data"].take(),
            kind: self.event.kind().to_owned(),
            mono_ms: self.mono_ms,
            prev: self.prev,
            role: self.role.clone(),
            run: self.run.clone(),
            seq: self.seq,
            time: self.time,
        })
    }

    fn parse(body: &[u8]) -> Result<Self, Refused> {
        let wire: Wire = canon::decode(body)?;
        let tagged = serde_json::json!({ "kind": wire.kind, "data": wire.data });
        let event: Event = serde_json::from_value(tagged).map_err(|e| Refused::Shape(e.to_string()))?;
        let record = Self {
            actor: wire.actor,
            boot: wire.boot,
            event,
            mono_ms: wire.mono_ms,
            prev: wire.prev,
            role: wire.role,
            run: wire.run,
            seq: wire.seq,
            time: wire.time,
        };
        // A member that is absent would read as its default; there is one spelling only.
        match record.body() {
            Ok(again) if again == body => Ok(record),
            _ => Err(Refused::Shape("members missing or in another spelling".into())),
        }
    }

    /// Returns the three clocks.
    #[must_use]
    pub fn now(&self) -> Now {
        Now { time: self.time, mono_ms: self.mono_ms, boot: self.boot.clone() }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    key: KeyId,
    record: Value,
    sig: RawSignature,
}

/// One line of a journal: a record with key and signature. Whether the signature holds is asked apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedRecord {
    bytes: Vec<u8>,
    body: Vec<u8>,
    digest: LineDigest,
    key: KeyId,
    record: Record,
    signature: RawSignature,
}

impl SignedRecord {
    /// Reads a line, without its LF.
    ///
    /// # Errors
    /// When the line is too long, not canonical, or no record of this format.
    pub fn parse(bytes: &[u8]) -> Result<Self, Refused> {
        if bytes.len() > MAX_LINE {
            return Err(Refused::Shape(format!("longer than {MAX_LINE} bytes")));
        }
        let line: Line = canon::decode(bytes)?;
        let body = canon::encode(&line.record).map_err(|_| Refused::Spelling)?;
        let record = Record::parse(&body)?;
        Ok(Self {
            bytes: bytes.to_vec(),
            body,
            digest: LineDigest::of(bytes),
            key: line.key,
            record,
            signature: line.sig,
        })
    }

    /// Joins a record with the signature over its body.
    ///
    /// # Errors
    /// When the record has no canonical form or the line would be too long.
    pub fn join(record: Record, key: KeyId, signature: RawSignature) -> Result<Self, NotCanonical> {
        let body = record.body()?;
        let shape = |e: serde_json::Error| NotCanonical::Shape(e.to_string());
        let value: Value = serde_json::from_slice(&body).map_err(shape)?;
        let bytes = canon::encode(&Line { key, record: value, sig: signature })?;
        if bytes.len() > MAX_LINE {
            return Err(NotCanonical::Shape(format!("the record is longer than {MAX_LINE} bytes")));
        }
        let digest = LineDigest::of(&bytes);
        Ok(Self { bytes, body, digest, key, record, signature })
    }

    /// Tells whether the signature over the stored bytes holds under `key`, and `key` is the one named.
    #[must_use]
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        key.id() == self.key && key.verify(&pae(RECORD_TYPE, &self.body), &self.signature)
    }

    /// Returns the line without its LF.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the digest of the line.
    #[must_use]
    pub fn digest(&self) -> LineDigest {
        self.digest
    }

    /// Returns the id of the signing key.
    #[must_use]
    pub fn key(&self) -> &KeyId {
        &self.key
    }

    /// Returns the record.
    #[must_use]
    pub fn record(&self) -> &Record {
        &self.record
    }
}
