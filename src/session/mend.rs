//! A way on that a person signs: a lost head is answered for, rescued records are put back (FORMAT.md §4, Mending).
//!
//! Rescued lines are continuation lines of the chain, signed when they were acknowledged. Putting them back is
//! appending what is missing, after link, signature and content were checked as on every resumption. Then
//! `run.mended` says so under the key of the person who did it. A closed record takes no further record and needs
//! none: `run.closed` is always the last, so that a journal which ends with it is whole.

use super::resume::check;
use super::{Material, Session, StartError, Station};
use crate::kernel::fold::{Fold, Line, Window, pass};
use crate::kernel::model::fault::{HeadFault, Stretch};
use crate::kernel::model::name::{PersonId, RunId};
use crate::kernel::records::event::RunMended;
use crate::kernel::run::Run;
use crate::store::{Journal, Lines, Lock, PutBack, end_rescue, put_back, read_lines, read_rescued};

/// What was mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mended {
    /// What was wrong with the head.
    pub head: Option<HeadFault>,
    /// The rescued records, and what had to be done to put them back.
    pub rescued: Option<(Stretch, PutBack)>,
    /// The record of it; none in a closed run, and where nothing had to be mended.
    pub record: Option<u64>,
}

impl Mended {
    /// Returns what was done, a line each: the same at every door.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(fault) = self.head {
            lines.push(format!("the head file {fault}; it is written again"));
        }
        if let Some((range, done)) = self.rescued {
            let how = match done {
                PutBack::Nothing => "stood in the journal already",
                PutBack::Completed => "were completed in the journal",
                PutBack::Written => "were written back into the journal",
            };
            lines.push(format!("records {} to {} {how}", range.first, range.last));
        }
        lines.push(match (self.record, lines.is_empty()) {
            (Some(record), _) => format!("record {record} says so; take the run up again"),
            (None, true) => "there was nothing to mend".to_owned(),
            (None, false) => "the record was closed before and takes no other; `asrun seal RUN` goes on".to_owned(),
        });
        lines
    }
}

impl Session {
    /// Puts rescued records back and lets a person answer for a lost head. The run is not open afterwards.
    ///
    /// # Errors
    /// A wrong passphrase (before anything is touched), a sealed run, another writer, records that do not hold, a
    /// journal that went on otherwise than the rescued one, or a failing disk. Asking again goes on from there.
    pub fn mend(
        station: Station,
        id: &RunId,
        person: &PersonId,
        passphrase: &str,
        reason: &str,
    ) -> Result<Mended, StartError> {
        let paths = station.home.run(id);
        if !paths.data().is_dir() {
            return Err(StartError::NoSuchRun(id.clone()));
        }
        if paths.receipt().is_file() {
            return Err(StartError::Sealed(id.clone()));
        }
        station.signer(person, passphrase, None).map_err(Box::new)?;
        let now = station.clock.now();
        let lock = Lock::take(&paths, &station.disk, &format!("{person} with asrun doctor"), now.time)?;
        let material = Material::of_run(&paths)?;
        let draft = Run::draft(material.plan.clone(), material.roster.clone(), id.clone());
        let rescued = match read_rescued(&paths)? {
            Some(lines) => Some(Self::hold_again(&station, &draft, &lines)?),
            None => None,
        };
        let complete = |lines: &Lines| is_next(&draft, lines);
        let ((journal, tail), head) = Journal::open_without_head(&paths, &station.disk, lock, complete)?;
        let run = fold(draft.clone(), journal.bytes()).map_err(|(seq, reason)| StartError::Rescue { seq, reason })?;
        let mut session = Self::taken_up(station, material, paths, journal, run, tail);
        let torn = session.torn.is_some();
        let stretch = rescued.map(|(stretch, _)| stretch);
        let something = head.is_some() || stretch.is_some();
        let mut record = None;
        if session.run.closed().is_some() {
            session.journal.keep_head()?;
        } else if something {
            session.mended = Some(RunMended { head, reason: reason.to_owned(), rescued: stretch });
            let recorded = session.unlock(person, passphrase).map_err(Box::new)?;
            // A torn tail is recorded first, the unlock last.
            record = recorded.records.get(usize::from(torn)).copied();
            session.end().map_err(Box::new)?;
        }
        if stretch.is_some() {
            end_rescue(&session.paths, &session.station.disk)?;
        }
        Ok(Mended { head, rescued, record })
    }

    /// Checks the rescued lines and makes the journal hold them.
    fn hold_again(station: &Station, draft: &Run, rescued: &Lines) -> Result<(Stretch, PutBack), StartError> {
        let paths = station.home.run(draft.id());
        let refused = |(seq, reason)| StartError::Rescue { seq, reason };
        fold(draft.clone(), rescued.bytes()).map_err(refused)?;
        // A journal that stands by itself and says something else is a second history, which nobody may put away.
        if let Ok(found) = read_lines(&paths)
            && let Some(seq) = found.iter().zip(rescued.iter()).position(|(one, other)| one != other)
            && fold(draft.clone(), found.bytes()).is_ok()
        {
            let reason = "the journal that lies there now says something else, and holds as well".to_owned();
            return Err(refused((seq as u64 + 1, reason)));
        }
        let stretch = Stretch { first: 1, last: rescued.count() };
        Ok((stretch, put_back(&paths, &station.disk, rescued)?))
    }
}

/// Folds whole lines, checking each as the verifier does.
fn fold(draft: Run, mut lines: &[u8]) -> Result<Run, (u64, String)> {
    let (roster, mut fold) = (draft.roster().clone(), Fold::over(draft.clone()));
    let next = || {
        let window = Window::cut(lines);
        lines = &lines[window.as_ref().map_or(0, |window| window.bytes().len())..];
        Ok::<_, (u64, String)>(window)
    };
    let follow = |lines| {
        fold.take(lines, drop);
        !fold.is_broken()
    };
    pass(next, |line| Line::read(line, Some(&roster)), follow)?;
    match fold.done() {
        (_, Some((seq, unfit))) => Err((seq, unfit.to_string())),
        (run, None) => Ok(run.unwrap_or(draft)),
    }
}

/// Tells whether a torn rest is in truth a complete record that only lacks its line feed.
fn is_next(draft: &Run, lines: &Lines) -> bool {
    fold(draft.clone(), lines.bytes()).is_ok_and(|run| check(&run, &lines.rest).is_ok())
}
