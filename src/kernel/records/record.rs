//! Records: events with actor, time and place in the chain, and their signed lines (FORMAT.md §4).

use crate::kernel::canon::digest::LineDigest;
use crate::kernel::canon::{self, NotCanonical, Refused};
use crate::kernel::model::name::{PersonId, Role, RunId};
use crate::kernel::model::time::{Moment, Now, Timestamp};
use crate::kernel::records::event::{Data, Event};
use crate::kernel::signature::{KeyId, PublicKey, RECORD_TYPE, RawSignature, pae};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::ops::Range;

/// The longest journal line that is read or written, in bytes.
pub const MAX_LINE: usize = 1024 * 1024;

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

/// A record as it stands in a line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read<'a> {
    actor: PersonId,
    boot: String,
    #[serde(borrow)]
    data: &'a RawValue,
    kind: Cow<'a, str>,
    mono_ms: i64,
    prev: LineDigest,
    role: Role,
    run: RunId,
    seq: u64,
    time: Timestamp,
}

/// The same, to be written.
#[derive(Serialize)]
struct Written<'a> {
    actor: &'a PersonId,
    boot: &'a str,
    data: Data<'a>,
    kind: &'static str,
    mono_ms: i64,
    prev: LineDigest,
    role: &'a Role,
    run: &'a RunId,
    seq: u64,
    time: Timestamp,
}

/// What is wrong with the shape of a part; where it stands in that part would mislead.
fn shape(error: &serde_json::Error) -> String {
    let said = error.to_string();
    said.split_once(" at line ").map_or(said.clone(), |(said, _)| said.to_owned())
}

/// How deep the record stands in its line.
const INSIDE: usize = 1;

impl Record {
    /// Returns the moment that it bears, with its place in the journal.
    #[must_use]
    pub fn moment(&self) -> Moment {
        Moment { seq: self.seq, clocks: self.now() }
    }

    /// Appends the canonical bytes, which are what is signed.
    ///
    /// # Errors
    /// When a text in it holds a NUL.
    fn write(&self, out: &mut Vec<u8>) -> Result<(), NotCanonical> {
        let written = Written {
            actor: &self.actor,
            boot: &self.boot,
            data: Data(&self.event),
            kind: self.event.kind(),
            mono_ms: self.mono_ms,
            prev: self.prev,
            role: &self.role,
            run: &self.run,
            seq: self.seq,
            time: self.time,
        };
        canon::write_inside(&written, out, INSIDE)
    }

    fn read(body: &str) -> serde_json::Result<Self> {
        let read: Read<'_> = serde_json::from_str(body)?;
        Ok(Self {
            event: Event::read(&read.kind, read.data.get())?,
            actor: read.actor,
            boot: read.boot,
            mono_ms: read.mono_ms,
            prev: read.prev,
            role: read.role,
            run: read.run,
            seq: read.seq,
            time: read.time,
        })
    }

    /// Returns the three clocks.
    #[must_use]
    pub fn now(&self) -> Now {
        Now { time: self.time, mono_ms: self.mono_ms, boot: self.boot.clone() }
    }
}

/// A line as it stands in a journal.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    key: KeyId,
    #[serde(borrow)]
    record: &'a RawValue,
    sig: RawSignature,
}

/// One line of a journal: a record with key and signature. Whether the signature holds is asked apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedRecord {
    bytes: Vec<u8>,
    body: Range<usize>,
    digest: LineDigest,
    key: KeyId,
    record: Record,
    signature: RawSignature,
}

impl SignedRecord {
    /// Reads a line, without its LF.
    ///
    /// The typed record is written again and compared: what equals the output of the writer is canonical, and nothing
    /// hides in it. Only a line that is refused is read a second time, for the reason.
    ///
    /// # Errors
    /// When the line is too long, not canonical, or no record of this format.
    pub fn parse(bytes: &[u8]) -> Result<Self, Refused> {
        if bytes.len() > MAX_LINE {
            return Err(Refused::Shape(format!("longer than {MAX_LINE} bytes")));
        }
        let read = Self::read(bytes).map_err(|e| Refused::Shape(shape(&e)));
        match read.and_then(|signed| if signed.bytes == bytes { Ok(signed) } else { Err(Refused::Spelling) }) {
            Ok(signed) => Ok(signed),
            // What no canonical document may be is said first, then what no record may be.
            Err(refused) => Err(canon::decode::<Value>(bytes).err().unwrap_or(match refused {
                Refused::Spelling => Refused::Shape("members missing or in another spelling".into()),
                named => named,
            })),
        }
    }

    /// Reads a line whose very bytes were proved before to be a record of this format: it is typed, not proved again.
    ///
    /// # Errors
    /// When the line is none.
    pub fn recall(bytes: &[u8]) -> Result<Self, Refused> {
        let of = |bytes| {
            let line: Line<'_> = serde_json::from_slice(bytes)?;
            let start = line.record.get().as_ptr() as usize - bytes.as_ptr() as usize;
            let (key, signature, record) = (line.key, line.sig, Record::read(line.record.get())?);
            let body = start..start + line.record.get().len();
            Ok(Self { bytes: bytes.to_vec(), body, digest: LineDigest::of(bytes), key, record, signature })
        };
        of(bytes).map_err(|error: serde_json::Error| Refused::Shape(shape(&error)))
    }

    fn read(bytes: &[u8]) -> serde_json::Result<Self> {
        let line: Line<'_> = serde_json::from_slice(bytes)?;
        let record = Record::read(line.record.get())?;
        Self::join(bytes.len(), record, line.key, |_| line.sig).map_err(serde::de::Error::custom)
    }

    /// Signs a record: `sign` gets its canonical bytes.
    ///
    /// # Errors
    /// When the record has no canonical form or the line would be too long.
    pub fn sign(record: Record, key: KeyId, sign: impl FnOnce(&[u8]) -> RawSignature) -> Result<Self, NotCanonical> {
        match Self::join(0, record, key, sign)? {
            signed if signed.bytes.len() > MAX_LINE => {
                Err(NotCanonical::Shape(format!("the record is longer than {MAX_LINE} bytes")))
            }
            signed => Ok(signed),
        }
    }

    /// Writes the line, the record in the middle of it once: `key`, `record` and `sig` stand in canonical order.
    fn join(
        room: usize,
        record: Record,
        key: KeyId,
        sign: impl FnOnce(&[u8]) -> RawSignature,
    ) -> Result<Self, NotCanonical> {
        let mut bytes = Vec::with_capacity(room);
        bytes.extend_from_slice(b"{\"key\":");
        canon::write(&key, &mut bytes)?;
        bytes.extend_from_slice(b",\"record\":");
        let start = bytes.len();
        record.write(&mut bytes)?;
        let body = start..bytes.len();
        let signature = sign(&bytes[body.clone()]);
        bytes.extend_from_slice(b",\"sig\":");
        canon::write(&signature, &mut bytes)?;
        bytes.push(b'}');
        let digest = LineDigest::of(&bytes);
        Ok(Self { bytes, body, digest, key, record, signature })
    }

    /// Tells whether the signature over the stored bytes holds under `key`, and `key` is the one named.
    #[must_use]
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        key.id() == self.key && key.verify(&pae(RECORD_TYPE, &self.bytes[self.body.clone()]), &self.signature)
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
