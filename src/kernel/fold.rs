//! A journal as it passes: windows of lines are read on all cores, then followed in order (FORMAT.md §4).
//!
//! The one reader of resumption, lists, pages, seal, verifier and replay. What a line is by itself, its form and its
//! signature, is asked of all lines of a window side by side ([`Line::read`]) while the window before it is followed:
//! number, link, and whether the kernel would have recorded it there. Nobody holds a journal: windows pass, the run
//! remains. Whoever follows decides what a fault means: the recorder stops at the first ([`Fold`]), the verifier goes on
//! and says where each of them is.

use super::canon::Refused;
use super::canon::digest::LineDigest;
use super::documents::roster::Roster;
use super::documents::standing::Standing;
use super::model::name::RunId;
use super::records::record::{Record, SignedRecord};
use super::run::{Contradiction, Run};
use rayon::prelude::*;
use std::sync::Arc;

/// How many lines a window holds.
const LINES: usize = 1 << 10;

/// Lines in a row, each without its line feed.
#[derive(Debug, Default)]
pub struct Window {
    bytes: Vec<u8>,
    /// Where each line ends, its line feed included.
    ends: Vec<usize>,
}

impl Window {
    /// Takes the first whole lines of these bytes; none where no line ends in them.
    #[must_use]
    pub fn cut(bytes: &[u8]) -> Option<Self> {
        let ends: Vec<usize> = memchr::memchr_iter(b'\n', bytes).take(LINES).map(|at| at + 1).collect();
        let last = *ends.last()?;
        Some(Self { bytes: bytes[..last].to_vec(), ends })
    }

    /// Returns the lines in their order.
    #[must_use]
    pub fn lines(&self) -> Vec<&[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).filter_map(|(start, end)| self.bytes.get(start..end - 1)).collect()
    }

    /// Returns the bytes as they stand in the file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Why the signature of a record counts for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsigned {
    /// Its actor is not in the roster.
    Stranger,
    /// The key is none of its actor, or none that could sign then.
    Key(Standing),
    /// The signature is invalid over the stored bytes.
    Signature,
    /// It holds, and its actor did not hold the role.
    Role,
}

impl Unsigned {
    /// Asks whether a record is signed under a key that its actor could sign with, in a role that was theirs.
    #[must_use]
    pub fn of(signed: &SignedRecord, roster: &Roster) -> Option<Self> {
        let Record { actor, role, time, .. } = signed.record();
        let Some(person) = roster.person(actor) else { return Some(Self::Stranger) };
        let standing = roster.standing(actor, signed.key(), *time);
        let Some(grant) = person.key_at(signed.key(), *time).filter(|_| standing.is_valid()) else {
            return Some(Self::Key(standing));
        };
        match signed.is_signed_by(&grant.key) {
            false => Some(Self::Signature),
            true => (!person.holds(role, *time)).then_some(Self::Role),
        }
    }
}

/// A line by itself: a record or the reason why it is none, and what is wrong with its signature.
#[derive(Debug)]
pub struct Line {
    /// The record.
    pub read: Result<SignedRecord, Refused>,
    /// Why its signature counts for nothing; none where it holds, and where nobody could ask.
    pub unsigned: Option<Unsigned>,
}

impl Line {
    /// Reads a line, and asks its signature where there is a roster to ask.
    #[must_use]
    pub fn read(bytes: &[u8], roster: Option<&Roster>) -> Self {
        let read = SignedRecord::parse(bytes);
        let unsigned = read.as_ref().ok().zip(roster).and_then(|(signed, roster)| Unsigned::of(signed, roster));
        Self { read, unsigned }
    }

    /// Reads a line whose very bytes were proved before; nothing of it is asked again.
    #[must_use]
    pub fn recall(bytes: &[u8]) -> Self {
        Self { read: SignedRecord::recall(bytes), unsigned: None }
    }

    /// Returns the record where it stands for itself and follows the one before it.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn linked(self, id: &RunId, seq: u64, before: Option<LineDigest>) -> Result<SignedRecord, Unfit> {
        let signed = self.read?;
        let record = signed.record();
        let follows = record.seq == seq && record.run == *id && before.is_none_or(|before| record.prev == before);
        match self.unsigned {
            _ if !follows => Err(Unfit::Link),
            // Whose role it was is for the kernel, which decides the record again, and for the verifier.
            None | Some(Unsigned::Role) => Ok(signed),
            Some(_) => Err(Unfit::Signature),
        }
    }
}

/// Why a line is no record of its run in that place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It is no record.
    #[error(transparent)]
    Form(#[from] Refused),
    /// Number, run or digest say that another line comes before it.
    #[error("it does not link to the record before it")]
    Link,
    /// Nobody signed it who could.
    #[error("its signature is invalid under a key of its actor")]
    Signature,
    /// The kernel would have recorded something else, or nothing.
    #[error(transparent)]
    Contradiction(#[from] Contradiction),
}

/// Passes the windows of a journal: the lines of one are read while those of the one before it are followed. `follow`
/// says whether reading on makes sense.
///
/// # Errors
/// What `next` says.
pub fn pass<E>(
    mut next: impl FnMut() -> Result<Option<Window>, E>,
    read: impl Fn(&[u8]) -> Line + Sync,
    mut follow: impl FnMut(Vec<Line>) -> bool + Send,
) -> Result<(), E> {
    let mut before = Vec::new();
    while let Some(window) = next()? {
        let (lines, goes_on) =
            rayon::join(|| window.lines().into_par_iter().map(&read).collect(), || follow(std::mem::take(&mut before)));
        before = lines;
        if !goes_on {
            break;
        }
    }
    follow(before);
    Ok(())
}

/// Follows lines up to the first that is not to be relied on.
#[derive(Clone, Debug)]
pub struct Fold {
    id: RunId,
    run: Option<Run>,
    seq: u64,
    head: Option<LineDigest>,
    /// How many records were admitted before, byte for byte.
    known: u64,
    fault: Option<(u64, Unfit)>,
}

impl Fold {
    /// Goes on with a run: form, number, link, signature, and that the kernel would have written each record.
    #[must_use]
    pub fn over(run: Run) -> Self {
        let (id, seq, head) = (run.id().clone(), run.seq(), Some(run.head()));
        Self { id, seq, head, run: Some(run), known: 0, fault: None }
    }

    /// Follows form, number and link alone, where package or roster cannot tell more, and signatures where they were
    /// asked. Begins behind record `seq` and its digest; nobody knows what the first one links to.
    #[must_use]
    pub fn links(id: RunId, seq: u64, head: Option<LineDigest>) -> Self {
        Self { id, run: None, seq, head, known: 0, fault: None }
    }

    /// Does not decide the first records again: their very bytes were admitted before. Links are followed all the same.
    #[must_use]
    pub fn knowing(self, known: u64) -> Self {
        Self { known, ..self }
    }

    /// Follows lines, and tells of each that holds.
    pub fn take(&mut self, lines: Vec<Line>, mut each: impl FnMut(SignedRecord)) {
        for line in lines {
            if self.fault.is_some() {
                return;
            }
            match self.next(line) {
                Ok(signed) => {
                    if let Some(run) = &mut self.run {
                        run.after(&signed);
                    }
                    (self.seq, self.head) = (self.seq + 1, Some(signed.digest()));
                    each(signed);
                }
                Err(unfit) => self.fault = Some((self.seq + 1, unfit)),
            }
        }
    }

    /// Tells of a line what it would be as the next one; nothing is taken.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn next(&self, line: Line) -> Result<SignedRecord, Unfit> {
        let signed = line.linked(&self.id, self.seq + 1, self.head)?;
        match &self.run {
            Some(run) if self.seq >= self.known => run.admits(&signed)?,
            Some(_) | None => {}
        }
        Ok(signed)
    }

    /// Returns the roster under which signatures are asked.
    #[must_use]
    pub fn roster(&self) -> Option<Arc<Roster>> {
        self.run.as_ref().map(|run| run.roster().clone())
    }

    /// Tells whether a line was refused; none behind it was followed.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.fault.is_some()
    }

    /// Returns the number and the digest of the last record that holds.
    #[must_use]
    pub fn head(&self) -> (u64, Option<LineDigest>) {
        (self.seq, self.head)
    }

    /// Returns the run after the last record that holds, and the first line that is refused.
    #[must_use]
    pub fn done(self) -> (Option<Run>, Option<(u64, Unfit)>) {
        (self.run, self.fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn garbage(count: usize) -> Vec<u8> {
        b"{}\n".repeat(count)
    }

    #[test]
    fn windows_are_followed_in_their_order_and_none_is_left_out() {
        let bytes = garbage(3 * LINES + 5);
        let (mut taken, mut seen) = (0, Vec::new());
        let next = || -> Result<Option<Window>, ()> {
            let window = Window::cut(&bytes[taken..]);
            taken += window.as_ref().map_or(0, |window| window.bytes().len());
            Ok(window)
        };
        let follow = |lines: Vec<Line>| {
            seen.push(lines.len());
            true
        };
        pass(next, |line| Line::read(line, None), follow).unwrap();
        // The first time nothing has been read yet.
        assert_eq!(seen, [0, LINES, LINES, LINES, 5]);
    }

    #[test]
    fn nothing_is_followed_behind_the_first_line_that_is_refused() {
        let mut fold = Fold::links("01JDZ3Q4M5N6P7R8S9T0V1W2X3".parse().unwrap(), 0, None);
        let mut held = 0;
        fold.take(vec![Line::read(b"{}", None), Line::read(b"{}", None)], |_| held += 1);
        assert!(fold.is_broken() && held == 0);
        assert!(matches!(fold.done(), (None, Some((1, Unfit::Form(_))))));
    }
}
