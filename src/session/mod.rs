//! The flow of recording: the one place that decides, signs, appends and advances.
//!
//! Whoever executes, a person at the screen or a program through [`crate::drive`], sends the same
//! intents into the same [`Session`]: the guarantee is the same. May import the kernel and every
//! edge. It cannot judge: no verdict is made here; it takes tickets that the verifier alone writes.

mod accepted;
mod act;
mod advice;
pub mod archive;
mod call;
mod capture;
mod clock;
mod effects;
mod error;
mod exchange;
mod fit;
pub mod health;
mod keyring;
mod left;
mod material;
mod mend;
mod people;
mod recheck;
mod restore;
mod resume;
pub mod runs;
mod seal;
mod shelf;
mod standing;
mod start;

pub use crate::library::MAX_PACKAGE;
pub use crate::store::{Deed, Left};
pub use accepted::Accepted;
pub use act::{Act, Bytes};
pub use advice::Class;
pub use capture::{Attachment, captured};
pub use clock::{Clock, HostClock, earlier_than_this_program};
pub use error::{SealError, StartError, SubmitError};
pub use exchange::read_answer;
pub use fit::{Amiss, Reattached, Tidied, amiss, amiss_in};
pub use keyring::{Held, Owner};
pub use material::{Material, installed_roster, open_package};
pub use mend::Mended;
pub use recheck::{Broken, Checked};
pub use seal::{Closed, Sealed};
pub use shelf::{Shelf, Shelved, Successor};
pub use start::Opening;

use crate::kernel::canon::digest::FileDigest;
use crate::kernel::documents::clock::WrongClock;
use crate::kernel::documents::policy::PassphraseUse;
use crate::kernel::model::deviation::{Facts, Ruling, Statement};
use crate::kernel::model::name::{PersonId, StepId};
use crate::kernel::model::opening::{Program, StationRoster};
use crate::kernel::model::time::Now;
use crate::kernel::records::event::{Event, RunMended, RunRecovered};
use crate::kernel::records::intent::Intent;
use crate::kernel::records::record::SignedRecord;
use crate::kernel::run::{Decided, Run, Who, facts_for};
use crate::kernel::signature::RECORD_TYPE;
use crate::kernel::text::chain;
use crate::keys::{KeyFolder, Signer};
use crate::store::{Disk, EvidenceStore, Home, Journal, Occasion, RunPaths, Sight, remember};
use recheck::Recheck;
use sha2::{Digest as _, Sha256};
use standing::Installed;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::sync::Arc;

/// After how many records the head of a run is remembered again.
const REMEMBERED: u64 = 100;

/// What a session needs of the machine: its home, its disk, its clock, its own account of itself.
#[derive(Clone)]
pub struct Station {
    /// Where everything is.
    pub home: Home,
    /// How bytes become durable.
    pub disk: Disk,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Which program writes the record; this one where none is named.
    pub program: Option<Program>,
}

impl Station {
    /// Returns the station of this machine.
    #[must_use]
    pub fn host(home: Home) -> Self {
        Self { home, disk: Disk::new(), clock: Arc::new(HostClock::new()), program: None }
    }

    /// Returns which roster is in force here; none where none is installed, or what is installed is refused.
    #[must_use]
    pub fn roster(&self) -> Option<StationRoster> {
        let (roster, bytes, _) = installed_roster(&self.home).ok()?;
        Some(StationRoster { digest: FileDigest::of(&bytes), serial: roster.serial })
    }

    /// Returns which program writes the record. Its own file is read for the first record alone: who only looks does not
    /// wait for it.
    #[must_use]
    pub fn program(&self) -> Program {
        self.program.clone().unwrap_or_else(own_program)
    }

    /// Returns the folder of private keys.
    #[must_use]
    pub fn keys(&self) -> KeyFolder {
        KeyFolder::new(self.home.keys()).on(self.disk.clone())
    }
}

/// Reads the digest of the program's own file, once; none where the system does not show it.
fn own_program() -> Program {
    static DIGEST: std::sync::OnceLock<Option<FileDigest>> = std::sync::OnceLock::new();
    let digest = *DIGEST.get_or_init(|| std::env::current_exe().and_then(File::open).and_then(digest_of).ok());
    Program { digest, version: env!("CARGO_PKG_VERSION").to_owned() }
}

/// Hashes a file block by block: the program may be large.
fn digest_of(file: File) -> io::Result<FileDigest> {
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let mut sha = Sha256::new();
    loop {
        let block = reader.fill_buf()?;
        if block.is_empty() {
            return Ok(FileDigest(sha.finalize().into()));
        }
        sha.update(block);
        let taken = block.len();
        reader.consume(taken);
    }
}

/// A run that is being recorded.
pub struct Session {
    run: Run,
    station: Station,
    material: Material,
    paths: RunPaths,
    journal: Journal,
    signers: BTreeMap<PersonId, Signer>,
    /// What the first unlock must record before anything else.
    torn: Option<RunRecovered>,
    /// What was put back when the run was taken up.
    restored: Vec<Tidied>,
    /// What a person answers for, to be recorded with the first unlock too.
    mended: Option<RunMended>,
    /// The journal read again, off the write path.
    recheck: Recheck,
    /// Whether the seal reads again what was taken in and nobody touched since.
    thorough: bool,
    /// Whether this program took up a run that another one began.
    resumed: bool,
    last_act: Now,
    /// Why the station does not remember what it should of this run.
    forgotten: Option<String>,
    /// What this station knows beside the run's own roster.
    installed: Installed,
}

impl Session {
    /// A session over a run as its journal has it: nobody is unlocked, nothing was found.
    fn over(station: Station, material: Material, paths: RunPaths, journal: Journal, run: Run) -> Self {
        Self {
            last_act: run.clocks_of(station.clock.now()),
            run,
            material,
            paths,
            journal,
            signers: BTreeMap::new(),
            torn: None,
            restored: Vec::new(),
            mended: None,
            recheck: Recheck::default(),
            thorough: false,
            resumed: false,
            forgotten: None,
            installed: Installed::default(),
            station,
        }
    }

    /// Returns the run as it stands: everything in it is durable.
    #[must_use]
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// Returns why the clock of this station is plainly wrong: roster, package, last record and the making of this
    /// program lie behind a right one. The latest of them is named.
    #[must_use]
    pub fn clock_is_wrong(&self) -> Option<WrongClock> {
        let says = self.now().time;
        let wrong = self.run.clock_is_wrong(says).into_iter().chain(earlier_than_this_program(says));
        wrong.max_by_key(|wrong| wrong.at)
    }

    /// Returns where the run lies on disk.
    #[must_use]
    pub fn paths(&self) -> &RunPaths {
        &self.paths
    }

    /// Returns what was put back when the run was taken up: package or roster, from the home.
    #[must_use]
    pub fn restored(&self) -> &[Tidied] {
        &self.restored
    }

    /// Returns the clocks of this moment, in the terms of the run's record.
    #[must_use]
    pub fn now(&self) -> Now {
        self.run.clocks_of(self.station.clock.now())
    }

    /// Returns the evidence store, for workers that take in files beside the session.
    #[must_use]
    pub fn store(&self) -> EvidenceStore {
        EvidenceStore::new(&self.paths, &self.station.disk)
    }

    /// Tells whether a person's key is unlocked in this program.
    #[must_use]
    pub fn is_unlocked(&self, person: &PersonId) -> bool {
        self.signers.contains_key(person)
    }

    /// Tells whether an act would be a signature act for which the profile asks for the passphrase.
    #[must_use]
    pub fn needs_passphrase(&self, person: &PersonId, intent: &Intent) -> bool {
        let per_act = self.run.plan().policy.identity.passphrase == PassphraseUse::Act;
        let Some(signer) = self.signers.get(person) else { return true };
        let who = Who { person: person.clone(), key: signer.id() };
        per_act && self.run.decide(intent, &who, &self.now()).is_ok_and(|d| d.event.meaning().is_some())
    }

    /// Returns what a deviation would say and what the policy makes of it, before it is signed.
    #[must_use]
    pub fn preview(
        &self,
        step: Option<&StepId>,
        about: Option<&str>,
        statement: &Statement,
    ) -> (Facts, Option<Ruling>) {
        let facts = facts_for(&self.run, step, about, statement, &self.now());
        let ruling = self.run.ruling(&facts, statement);
        (facts, ruling)
    }

    /// Records an act whose surroundings are ready, whichever way it came in.
    fn record(
        &mut self,
        person: &PersonId,
        intent: &Intent,
        passphrase: Option<&str>,
    ) -> Result<Accepted, SubmitError> {
        self.counted(|session| session.act(person, intent, passphrase))
    }

    fn act(&mut self, person: &PersonId, intent: &Intent, passphrase: Option<&str>) -> Result<Accepted, SubmitError> {
        let signer = self.signers.get(person).ok_or_else(|| SubmitError::Locked(person.clone()))?;
        let who = Who { person: person.clone(), key: signer.id() };
        if let Err(withheld) = self.entitled(&who, self.now().time) {
            return Err(self.withdraw(&who, withheld));
        }
        if self.needs_passphrase(person, intent) {
            let given = passphrase.ok_or_else(|| SubmitError::PassphraseNeeded(person.clone()))?;
            self.check_passphrase(person, given)?;
        }
        let mut accepted = Accepted::default();
        let now = self.catch_up(&who, &mut accepted)?;
        self.last_act = now.clone();
        match self.run.decide(intent, &who, &now) {
            Ok(decided) => {
                self.still_entitled(&decided, now.time, &who)?;
                accepted.and(self.append(decided, &who, &now)?);
            }
            Err(refusal) => {
                if let Some(denial) = refusal.denial.clone() {
                    self.append(denial, &who, &now)?;
                }
                self.follow_up(&who, &mut accepted)?;
                return Err(SubmitError::Refused { refusal, left: Left::default() });
            }
        }
        self.follow_up(&who, &mut accepted)?;
        Ok(accepted)
    }

    /// Records whatever is due, until nothing is.
    ///
    /// What ran out by the clock is judged at the very moment that its record bears.
    fn follow_up(&mut self, who: &Who, accepted: &mut Accepted) -> Result<(), SubmitError> {
        loop {
            let now = self.now();
            // Who has just locked leaves it to the next person.
            let open = self.run.has_session(&who.person, &now);
            let Some(event) = self.run.due(&now).filter(|_| open) else { return Ok(()) };
            let role = self.run.system_role(&who.person).ok_or_else(|| SubmitError::Locked(who.person.clone()))?;
            accepted.and(self.append(Decided { event, role }, who, &now)?);
        }
    }

    fn append_for_system(&mut self, event: Event, who: &Who) -> Result<Accepted, SubmitError> {
        let role = self.run.system_role(&who.person).ok_or_else(|| SubmitError::Locked(who.person.clone()))?;
        let now = self.now();
        self.append(Decided { event, role }, who, &now)
    }

    /// Records what ran out before an act, and returns the moment at which the act is decided.
    fn catch_up(&mut self, who: &Who, accepted: &mut Accepted) -> Result<Now, SubmitError> {
        loop {
            let now = self.now();
            let open = self.run.has_session(&who.person, &now);
            let due = self.run.due(&now).filter(|_| open).zip(self.run.system_role(&who.person));
            let Some((event, role)) = due else { return Ok(now) };
            accepted.and(self.append(Decided { event, role }, who, &now)?);
        }
    }

    /// Records what ran out by the clock, in the name of a person whose session is open; a face calls it as time passes.
    ///
    /// # Errors
    /// A failing disk.
    pub fn tick(&mut self) -> Result<Accepted, SubmitError> {
        self.counted(Self::run_out)
    }

    fn run_out(&mut self) -> Result<Accepted, SubmitError> {
        let mut accepted = Accepted::default();
        let open = |p: &PersonId| self.run.sessions().contains(p) && self.run.system_role(p).is_some();
        let holders = self.signers.iter().filter(|(person, _)| open(person));
        let holders: Vec<Who> = holders.map(|(p, s)| Who { person: p.clone(), key: s.id() }).collect();
        let at = self.now().time;
        if let Some(who) = holders.into_iter().find(|who| self.entitled(who, at).is_ok()) {
            self.follow_up(&who, &mut accepted)?;
        }
        Ok(accepted)
    }

    /// Links, signs and appends; only a durable record changes the run, and what must happen with it happens here.
    fn append(&mut self, decided: Decided, who: &Who, now: &Now) -> Result<Accepted, SubmitError> {
        if let Some(broken) = self.recheck.checked().broken {
            self.journal.give_up(broken.seq, &broken.reason);
        }
        let record = self.run.record(decided, who, now);
        let signer = self.signers.get(&who.person).ok_or_else(|| SubmitError::Locked(who.person.clone()))?;
        let line = SignedRecord::sign(record, who.key, |body| signer.sign_pae(RECORD_TYPE, body))?;
        let committed = self.journal.append(line.record().seq, line.digest(), line.bytes())?;
        self.run.after(&line);
        self.recheck.consider(&self.run, &self.paths, &self.station, &self.material);
        if committed.seq().is_multiple_of(REMEMBERED) {
            self.remember(Occasion::Grown);
        }
        self.carry_out(line.record())?;
        Ok(Accepted::one(committed.seq(), &line.record().event, self.run.touched()))
    }

    /// Returns how far the journal was read again since the run was opened here, and where it breaks.
    #[must_use]
    pub fn checked(&self) -> Checked {
        self.recheck.checked()
    }

    /// Keeps the head outside the run's folder. It guards against what happens to that folder; that it fails is told
    /// and stops nobody's work.
    fn remember(&mut self, occasion: Occasion) {
        let (run, records, head) = (self.run.id().clone(), self.run.seq(), self.run.head());
        self.keep_in_mind(&Sight { run, records, head, seal: None }, occasion);
    }

    fn keep_in_mind(&mut self, sight: &Sight, occasion: Occasion) {
        let station = &self.station;
        self.forgotten = remember(&station.home, &station.disk, sight, occasion, station.clock.now().time)
            .err()
            .map(|error| chain(&error));
    }

    /// Returns why the station does not remember what it should of this run, if so.
    #[must_use]
    pub fn forgotten(&self) -> Option<&str> {
        self.forgotten.as_deref()
    }
}
