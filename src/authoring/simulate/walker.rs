//! One walk: what people would do, act by act, until the record is closed.

use super::branches::Choices;
use super::departures::{Departure, What};
use super::ground;
use crate::kernel::canon::digest::FileDigest;
use crate::kernel::documents::pack::Pack;
use crate::kernel::documents::policy::Policy;
use crate::kernel::documents::procedure::Procedure;
use crate::kernel::documents::roster::Roster;
use crate::kernel::model::deviation::ProcessDisposition;
use crate::kernel::model::name::{PersonId, Role, StepId};
use crate::kernel::model::opening::{Binding, ClockTrust, Mode, Program};
use crate::kernel::model::time::{Now, Timestamp};
use crate::kernel::records::intent::Intent;
use crate::kernel::records::record::SignedRecord;
use crate::kernel::run::{Decided, Exit, Phase, Refusal, Run, Who};
use crate::kernel::signature::RawSignature;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The most acts of one walk.
const MOST_ACTS: usize = 1500;

/// How long before it is due a watch is looked at; every act takes a millisecond.
const SPARE_MS: i64 = 100;

/// How a walk ended.
pub(super) enum Ended {
    /// The record is closed.
    Closed,
    /// The departure cannot be written down so; nothing is said by this walk.
    Impossible,
    /// It could not go on, and why.
    Stuck(String),
}

/// Called before each step is begun.
pub(super) type Seen<'a> = &'a mut dyn FnMut(&Walker, &StepId);

/// A run with somebody to walk it.
#[derive(Clone)]
pub(super) struct Walker {
    pub(super) run: Run,
    pub(super) choices: Choices,
    pub(super) departure: Option<Departure>,
    /// What the profile refused on this walk.
    pub(super) blocked: BTreeSet<String>,
    pub(super) now: Now,
    persons: Arc<BTreeMap<Role, Vec<Who>>>,
    pub(super) performer: (Role, Who),
    pub(super) files: u64,
    departed: bool,
    /// How many acts were tried on this walk.
    pub(super) acts: usize,
}

impl Walker {
    /// Opens the run with a full crew, of the persons of a site where one is given.
    pub(super) fn open(
        procedure: &Procedure,
        pack: &Pack,
        policy: &Policy,
        site: Option<&Roster>,
    ) -> Result<Self, String> {
        let at = ground::start(procedure);
        let plan = ground::plan(procedure, pack, policy, at);
        let cast = match site {
            None => ground::made_up(&plan.procedure, at)?,
            Some(site) => ground::of_site(&plan.procedure, policy, site, at)?,
        };
        let mut persons: BTreeMap<Role, Vec<Who>> = BTreeMap::new();
        for (person, role) in &cast.bound {
            let key = cast.roster.person(person).and_then(|p| p.keys.first()).ok_or("a person without a key")?;
            persons.entry(role.clone()).or_default().push(Who { person: person.clone(), key: key.key.id() });
        }
        let performer = persons.iter().find(|(role, _)| role.as_str() == "performer");
        let performer =
            performer.and_then(|(r, all)| Some((r.clone(), all.first()?.clone()))).ok_or("nobody performs")?;
        let id = "01JDZ3Q4M5N6P7R8S9T0V1W2X3".parse().map_err(|_| "no run id".to_owned())?;
        let mut walker = Self {
            persons: Arc::new(persons),
            performer,
            run: Run::draft(Arc::new(plan), Arc::new(cast.roster), id),
            choices: Choices::new(),
            departure: None,
            blocked: BTreeSet::new(),
            now: Now { time: at, mono_ms: 0, boot: "simulated".into() },
            files: 0,
            departed: false,
            acts: 0,
        };
        walker.begin(procedure, cast.bound)?;
        Ok(walker)
    }

    /// Opens, unlocks everybody and registers what steps may ask for.
    fn begin(&mut self, procedure: &Procedure, bound: Vec<(PersonId, Role)>) -> Result<(), String> {
        let (performer, who) = self.performer.clone();
        let crew = bound.into_iter().map(|(person, role)| Binding { person, role });
        let fields = procedure.run_fields.iter().filter(|f| f.required).map(|f| (f.id.clone(), "SIM-1".to_owned()));
        let open = Intent::Open {
            clock: ClockTrust::Own,
            crew: crew.filter(|b| b.person != who.person || b.role != performer).collect(),
            fields: fields.collect(),
            mode: Mode::Live,
            offset: "+00:00".into(),
            previous_run: None,
            program: Program { digest: None, version: env!("CARGO_PKG_VERSION").into() },
            roster: FileDigest::of(b"simulated"),
            superseded_by: None,
        };
        let refused = |r: Box<Refusal>| r.message();
        self.act_as(&who, &open).map_err(refused)?;
        let everybody: BTreeMap<PersonId, Who> =
            self.persons.values().flatten().map(|w| (w.person.clone(), w.clone())).collect();
        for other in everybody.into_values().filter(|w| w.person != who.person) {
            let program = Program { digest: None, version: env!("CARGO_PKG_VERSION").into() };
            let unlock = Intent::Unlock { key: other.key, program, resumed: false, roster: None };
            self.act_as(&other, &unlock).map_err(refused)?;
        }
        self.register(&performer, procedure).map_err(refused)
    }

    /// Registers what steps may ask for: an instrument, a lot, every permit.
    fn register(&mut self, by: &Role, procedure: &Procedure) -> Result<(), Box<Refusal>> {
        let far = Timestamp::from_millis(self.now.time.millis() + 3_650 * 86_400_000);
        let Ok(label) = super::values::LABEL.parse::<crate::kernel::model::name::Tag>() else { return Ok(()) };
        let name = || "simulated".to_owned();
        let quantities = self.run.plan().pack.units.iter().map(|u| u.quantity.clone()).collect();
        let instrument = Intent::RegisterInstrument {
            cal_due: far,
            instrument: label.clone(),
            name: name(),
            quantities,
            range: None,
        };
        self.act(by, &instrument)?;
        self.act(by, &Intent::RegisterMaterial { expires: Some(far), material: label, name: name(), quantity: None })?;
        for permit in &procedure.permits {
            let (valid_from, valid_until) = (self.now.time, far);
            let permit = Intent::RegisterPermit { number: name(), permit: permit.id.clone(), valid_from, valid_until };
            self.act(by, &permit)?;
        }
        Ok(())
    }

    /// Does one act by whoever of a role may do it, and lets follow what follows.
    pub(super) fn act(&mut self, role: &Role, intent: &Intent) -> Result<(), Box<Refusal>> {
        let persons = self.persons.clone();
        let (first, others) = match persons.get(role).and_then(|all| all.split_first()) {
            Some((first, others)) => (first.clone(), others),
            // A role that nobody bears is tried by the performer, who is refused where that matters.
            None => (self.performer.1.clone(), &[][..]),
        };
        let refused = match self.act_as(&first, intent) {
            Ok(()) => return Ok(()),
            Err(refused) => refused,
        };
        others.iter().find_map(|who| self.act_as(who, intent).ok()).ok_or(refused)
    }

    /// Does one act by this person.
    pub(super) fn act_as(&mut self, who: &Who, intent: &Intent) -> Result<(), Box<Refusal>> {
        self.pass(1);
        self.acts += 1;
        self.follow(who);
        let decided = self.run.decide(intent, who, &self.now)?;
        self.append(decided, who);
        self.follow(who);
        Ok(())
    }

    /// The person of this name, as far as he or she was cast.
    pub(super) fn who(&self, person: &PersonId) -> Option<Who> {
        self.persons.values().flatten().find(|w| w.person == *person).cloned()
    }

    fn follow(&mut self, who: &Who) {
        while let Some(event) = self.run.due(&self.now) {
            let Some(role) = self.run.system_role(&who.person) else { return };
            self.append(Decided { event, role }, who);
        }
    }

    /// The kernel reads the record, never its signature: who signed is the verifier's question.
    fn append(&mut self, decided: Decided, who: &Who) {
        let record = self.run.record(decided, who, &self.now);
        if let Ok(line) = SignedRecord::sign(record, who.key, |_| RawSignature([0; 64])) {
            self.run.after(&line);
        }
    }

    fn pass(&mut self, millis: i64) {
        self.now.time = Timestamp::from_millis(self.now.time.millis() + millis);
        self.now.mono_ms += millis;
    }

    /// Lets time pass until a moment, looking after the watches meanwhile.
    pub(super) fn wait(&mut self, until: Timestamp) {
        while self.acts < MOST_ACTS {
            self.observe();
            let next = self.run.running_watches().map(|(_, due)| due.millis() - SPARE_MS).min();
            let stop = next.map_or(until, |next| until.min(Timestamp::from_millis(next)));
            let left = stop.since(self.now.time);
            if left <= 0 || !self.run.pending().is_empty() {
                break;
            }
            self.pass(left);
        }
        // A watch that cannot be observed now comes due while time passes, and is met as a departure.
        if self.run.pending().is_empty() {
            self.pass(until.since(self.now.time).max(0));
        }
    }

    /// Observes every watch that runs; one that cannot be observed comes due and is met as a departure.
    fn observe(&mut self) {
        let watches: Vec<_> = self.run.running_watches().map(|(watch, _)| watch.clone()).collect();
        for watch in watches {
            let breach = match self.departure.as_ref().filter(|_| !self.departed).map(|d| &d.what) {
                Some(What::Breach(id, raw)) if *id == watch.id => Some(raw.clone()),
                _ => None,
            };
            let breached = breach.is_some();
            let passing = || watch.input.as_ref().and_then(|i| super::values::passing(&self.run, i, self.now.time));
            let raw = breach.unwrap_or_else(passing);
            let ok = watch.input.is_none().then_some(!breached);
            let role = self.performer.0.clone();
            let _ = self.act(&role, &Intent::Observe { ok, raw, watch: watch.id.clone() });
        }
    }

    /// Walks to the end.
    pub(super) fn go(&mut self, seen: Seen) -> Ended {
        while self.acts < MOST_ACTS {
            self.acts += 1;
            match self.advance(seen) {
                Ok(true) => return Ended::Closed,
                Ok(false) => {}
                Err(ended) => return ended,
            }
        }
        Ended::Stuck(format!("{}: no end after {MOST_ACTS} acts", self.place()))
    }

    /// Does the next thing; true once the record is closed.
    fn advance(&mut self, seen: Seen) -> Result<bool, Ended> {
        let by = self.performer.0.clone();
        match self.run.phase() {
            Phase::Closed => return Ok(true),
            Phase::Aborting if self.run.active().is_none() => {
                return self.must(&by, &Intent::ConfirmSafeState { comment: None });
            }
            phase if phase.is_standing() => return self.must(&by, &Intent::Resume { comment: None }),
            _ => {}
        }
        if let Some(pending) = self.run.pending().first().cloned().filter(|_| self.run.phase() != Phase::Aborting) {
            self.settle(pending.step.as_ref())?;
            return Ok(false);
        }
        if let Some((step, intent)) = self.way_out() {
            let role = self.role_of(&step, &intent);
            return self.must(&role, &intent);
        }
        let Some(step) = self.run.active().map(|s| s.id.clone()) else {
            return self.must(&by, &Intent::Close { orphans: Vec::new() });
        };
        self.step(&step, seen)?;
        Ok(false)
    }

    /// What a person does now cannot be refused, or nobody could go on.
    pub(super) fn must(&mut self, role: &Role, intent: &Intent) -> Result<bool, Ended> {
        let place = self.place();
        self.act(role, intent).map_err(|r| Ended::Stuck(format!("{place}: {}: {}", intent.word(), r.message())))?;
        Ok(self.run.phase() == Phase::Closed)
    }

    /// The same for one person alone.
    pub(super) fn must_as(&mut self, who: &Who, intent: &Intent) -> Result<(), Ended> {
        let place = self.place();
        let stuck = |r: Box<Refusal>| Ended::Stuck(format!("{place}: {}: {}", intent.word(), r.message()));
        self.act_as(who, intent).map_err(stuck)
    }

    fn place(&self) -> String {
        self.run.active().map_or_else(|| "the end".to_owned(), |s| format!("step {}", s.id))
    }

    /// The way on that a deviation prescribed.
    fn way_out(&self) -> Option<(StepId, Intent)> {
        let ids = self.run.plan().procedure.steps().map(|s| &s.id);
        ids.filter(|_| matches!(self.run.phase(), Phase::Running)).find_map(|id| {
            let step = id.clone();
            let intent = match self.run.step(id)?.exit.as_ref()? {
                Exit::Redo(_) => Intent::Redo { step },
                Exit::NotApplicable(_) => Intent::NotApplicable { step },
                Exit::Skip(_) => Intent::Skip { step },
                Exit::Defer(..) => Intent::Defer { step },
                Exit::BackOut(_) => Intent::Abort { emergency: false, reason: "as the deviation says".into() },
                Exit::Alternative(..) | Exit::Fail(_) => return None,
            };
            Some((id.clone(), intent))
        })
    }

    pub(super) fn role_of(&self, step: &StepId, intent: &Intent) -> Role {
        let authored = self.run.authored(step);
        let performer = authored.map(|s| s.performed_by.clone());
        let authority = authored.and_then(|s| s.not_applicable.authority.clone());
        let role = if matches!(intent, Intent::NotApplicable { .. }) { authority.or(performer) } else { performer };
        role.unwrap_or_else(|| self.performer.0.clone())
    }

    /// Writes a departure down with the first way on that profile, code and step allow.
    fn settle(&mut self, step: Option<&StepId>) -> Result<(), Ended> {
        let own = self.departure.clone().filter(|d| {
            let of_run = step.is_none() && matches!(d.what, What::Breach(..));
            !self.departed && (of_run || Some(&d.step) == step)
        });
        if let Some(departure) = own {
            return self.depart(&departure, step);
        }
        use ProcessDisposition::{Alternative, BackOut, Continue, Redo, Stop};
        // What comes out the same at the third time is no matter of trying again.
        let tried = step.and_then(|id| self.run.step(id)).map_or(0, |known| known.attempts.len());
        for way in [Continue, Redo, Alternative, BackOut, Stop].into_iter().filter(|w| *w != Redo || tried < 3) {
            if self.deviate(step, way).is_ok() {
                return Ok(());
            }
        }
        let place = step.map_or_else(|| "the run".to_owned(), |s| format!("step {s}"));
        let trigger = self.run.pending().first().map(|p| p.trigger.word()).unwrap_or_default();
        Err(Ended::Stuck(format!("{place}: no code and way on for {trigger}")))
    }

    /// Writes this walk's departure down; where the profile blocks it, the run is aborted.
    pub(super) fn depart(&mut self, departure: &Departure, step: Option<&StepId>) -> Result<(), Ended> {
        self.departed = true;
        match self.deviate(step, departure.way) {
            Ok(()) => Ok(()),
            Err(Some(rule)) => {
                self.blocked.insert(format!("{} (rule {rule})", departure.words()));
                let abort = Intent::Abort { emergency: false, reason: "blocked".into() };
                let role = self.role_of(&departure.step, &abort);
                self.must(&role, &abort).map(|_| ())
            }
            Err(None) => Err(Ended::Impossible),
        }
    }

    /// This walk's departure, while it still lies ahead at a step.
    pub(super) fn ahead(&self, step: &StepId) -> Option<Departure> {
        self.departure.clone().filter(|d| !self.departed && d.step == *step)
    }

    /// Marks an abort, which needs no form.
    pub(super) fn aborts(&mut self, role: &Role) -> Result<(), Ended> {
        self.departed = true;
        self.must(role, &Intent::Abort { emergency: false, reason: "simulated".into() }).map(|_| ())
    }

    /// The walk in words.
    pub(super) fn words(&self) -> String {
        let choices = self.choices.iter().map(|(name, raw)| format!("{name} {raw}")).collect::<Vec<_>>().join(", ");
        let with = if choices.is_empty() { String::new() } else { format!(" with {choices}") };
        match &self.departure {
            None => format!("every step done as written{with}"),
            Some(d) if self.blocked.is_empty() => d.words() + &self.ruled(),
            Some(d) => format!("{} -> blocked, abort", d.words()),
        }
    }

    fn ruled(&self) -> String {
        let rulings = self.run.deviations().iter().map(|d| format!("{} {}", d.ruling.rule, d.ruling.outcome.word()));
        let all: Vec<String> = rulings.collect();
        if all.is_empty() { String::new() } else { format!(" ({})", all.join(", ")) }
    }
}
