//! Asking gates: every question is written down with what it looked at, whatever it finds.

use super::{Exit, Phase, Run, StepState, Waited, Who};
use crate::kernel::documents::clock::clock_is_wrong;
use crate::kernel::documents::step::Step;
use crate::kernel::model::gate::{Gate, GateCode, GateOutcome};
use crate::kernel::model::name::{PersonId, Role, RuleId, StepId};
use crate::kernel::model::opening::Binding;
use crate::kernel::model::time::{Now, Timestamp};
use std::fmt::Display;

/// The gates of one act, and the role in which it is done.
pub(super) struct Asking<'a> {
    pub(super) run: &'a Run,
    pub(super) who: &'a Who,
    pub(super) now: &'a Now,
    pub(super) role: Option<Role>,
    gates: Vec<Gate>,
}

impl<'a> Asking<'a> {
    pub(super) fn new(run: &'a Run, who: &'a Who, now: &'a Now) -> Self {
        Self { run, who, now, role: None, gates: Vec::new() }
    }

    /// Asks one gate and returns whether it is open.
    pub(super) fn ask(&mut self, gate: GateCode, open: bool, inputs: &[(&str, &dyn Display)]) -> bool {
        self.ask_ruled(gate, open, inputs, None)
    }

    /// Asks a gate that a policy rule decides.
    pub(super) fn ask_ruled(
        &mut self,
        gate: GateCode,
        open: bool,
        inputs: &[(&str, &dyn Display)],
        rule: Option<RuleId>,
    ) -> bool {
        let inputs = inputs.iter().map(|(name, value)| ((*name).to_owned(), value.to_string())).collect();
        let outcome = if open { GateOutcome::Pass } else { GateOutcome::Deny };
        self.gates.push(Gate { gate, inputs, outcome, rule });
        open
    }

    /// Returns the gates when all are open.
    pub(super) fn passed(&mut self) -> Option<Vec<Gate>> {
        let open = self.gates.iter().all(|g| g.outcome == GateOutcome::Pass);
        open.then(|| std::mem::take(&mut self.gates))
    }

    /// Adds the gates of an act that happens together with this one.
    pub(super) fn take_over(&mut self, gates: Vec<Gate>) {
        self.gates.extend(gates);
    }

    pub(super) fn into_gates(self) -> Vec<Gate> {
        self.gates
    }

    /// The clock says no time that lies before the roster was issued or the package was locked.
    pub(super) fn clock(&mut self) -> bool {
        let (now, plan) = (self.now.time, &self.run.plan);
        let wrong = clock_is_wrong(now, Some(&self.run.roster), Some(plan.manifest.locked_at), None);
        let landmark = wrong.map_or(String::new(), |wrong| format!("{} at {}", wrong.landmark, wrong.at));
        self.ask(GateCode::Clock, wrong.is_none(), &[("says", &now), ("but", &landmark)])
    }

    /// The key would be valid if the clock of the station were not plainly wrong: then the clock is the cause.
    pub(super) fn clock_is_the_cause(&self) -> bool {
        let (now, who, plan) = (self.now.time, self.who, &self.run.plan);
        let valid = self.run.roster.person(&who.person).and_then(|p| p.key_at(&who.key, now)).is_some();
        !valid && clock_is_wrong(now, Some(&self.run.roster), Some(plan.manifest.locked_at), None).is_some()
    }

    /// The person stands in the roster with the key that signs, and has an open session.
    pub(super) fn person(&mut self) -> bool {
        let standing = self.run.roster.standing(&self.who.person, &self.who.key, self.now.time);
        let (person, key): (&dyn Display, &dyn Display) = (&self.who.person, &self.who.key);
        match standing.is_valid() {
            true => self.ask(GateCode::KnownPerson, true, &[("person", person), ("key", key)]),
            false => {
                self.ask(GateCode::KnownPerson, false, &[("person", person), ("key", key), ("standing", &standing)])
            }
        }
    }

    pub(super) fn session(&mut self) -> bool {
        let open = self.run.has_session(&self.who.person, self.now);
        self.ask(GateCode::SessionOpen, open, &[("person", &self.who.person)])
    }

    pub(super) fn phase(&mut self, gate: GateCode, open: bool) -> bool {
        self.ask(gate, open, &[("phase", &self.run.phase.word())])
    }

    /// Work goes on, or the back-out does.
    pub(super) fn working(&mut self) -> bool {
        self.phase(GateCode::RunRunning, matches!(self.run.phase, Phase::Running | Phase::Aborting))
    }

    /// The run is opened and not closed.
    pub(super) fn open(&mut self) -> bool {
        self.phase(GateCode::RunOpen, !matches!(self.run.phase, Phase::Draft | Phase::Closed))
    }

    /// The person is bound to `role` in this run and holds it in the roster now; else it is said who could act.
    pub(super) fn role(&mut self, role: &Role) -> bool {
        let person = &self.who.person;
        let bound = self.run.crew.contains(&Binding { person: person.clone(), role: role.clone() });
        let held = self.run.roster.person(person).is_some_and(|p| p.holds(role, self.now.time));
        self.role = Some(role.clone());
        let could = self.could(role, &|_| true);
        let bound = match bound {
            true => self.ask(GateCode::RoleBound, true, &[("person", person), ("role", role)]),
            false => self.ask(GateCode::RoleBound, false, &[("person", person), ("role", role), ("could", &could)]),
        };
        self.ask(GateCode::RoleHeld, held, &[("person", person), ("role", role)]) && bound
    }

    /// Another person can sign: nobody is bound or takes over whose keys are all revoked or have expired.
    pub(super) fn able(&mut self, person: &PersonId) -> bool {
        let able = self.run.roster.able(person, self.now.time).is_ok();
        self.ask(GateCode::KnownPerson, able, &[("person", person)])
    }

    /// The person is bound to one of `roles`; the first one that fits is the role of the act.
    pub(super) fn one_role(&mut self, gate: GateCode, roles: &[&Role]) -> bool {
        let run = self.run;
        let bound = run.roles_of(&self.who.person).find(|r| roles.contains(r));
        let names = roles.iter().map(|r| r.as_str()).collect::<Vec<_>>().join(" ");
        match bound {
            Some(role) => self.ask(gate, true, &[("person", &self.who.person), ("roles", &names)]) && self.role(role),
            None => {
                let could = roles.iter().map(|role| self.could(role, &|_| true)).collect::<Vec<_>>().join(" ");
                self.ask(gate, false, &[("person", &self.who.person), ("roles", &names), ("could", &could)])
            }
        }
    }

    /// Names who of the crew could act in a role; where nobody of it can, who of the roster could be bound to it.
    fn could(&self, role: &Role, fits: &dyn Fn(&PersonId) -> bool) -> String {
        let (run, now) = (self.run, self.now.time);
        let others = run.roster.persons.iter().filter(|p| p.id != self.who.person && p.holds(role, now) && fits(&p.id));
        let others: Vec<&PersonId> = others.map(|p| &p.id).collect();
        let bound = |p: &&&PersonId| run.roles_of(p).any(|r| r == role);
        let crew: Vec<&str> = others.iter().filter(bound).map(|p| p.as_str()).collect();
        match crew.is_empty() {
            true => others.iter().map(|p| p.as_str()).collect::<Vec<_>>().join(" "),
            false => crew.join(" "),
        }
    }

    /// Different persons are counted: nobody is counted twice.
    pub(super) fn first_time(&mut self, again: bool) -> bool {
        self.ask(GateCode::FirstTime, !again, &[("person", &self.who.person)])
    }

    /// The person is bound to any role at all.
    pub(super) fn any_role(&mut self) -> bool {
        let run = self.run;
        match run.roles_of(&self.who.person).next() {
            Some(role) => self.role(role),
            None => self.ask(GateCode::RoleBound, false, &[("person", &self.who.person), ("role", &"any")]),
        }
    }

    /// The step exists.
    pub(super) fn step(&mut self, id: &StepId) -> Option<&'a Step> {
        let step = self.run.authored(id);
        self.ask(GateCode::KnownStep, step.is_some(), &[("step", id)]).then_some(step).flatten()
    }

    /// The step is being worked on, with nothing unwritten and no other way prescribed.
    pub(super) fn active(&mut self, step: &Step) -> bool {
        let state = self.run.steps[&step.id].state;
        let open =
            self.ask(GateCode::StepActive, state == StepState::Active, &[("step", &step.id), ("state", &state.word())]);
        self.undisturbed(&step.id) && open
    }

    /// Nothing at the step waits for a deviation, and no deviation prescribes another way.
    pub(super) fn undisturbed(&mut self, id: &StepId) -> bool {
        let run = self.run;
        let pending = run.pending_at(id).map(|p| p.trigger.word()).collect::<Vec<_>>().join(" ");
        let exit = run.steps[id].exit.as_ref();
        let filed = self.ask(GateCode::DeviationFiled, pending.is_empty(), &[("step", id), ("pending", &pending)]);
        self.ask(GateCode::WayOut, exit.is_none(), &[("step", id), ("prescribed", &exit.map_or("none", Exit::word))])
            && filed
    }

    /// The least time has passed, by both clocks; the gate holds what they say.
    pub(super) fn waited(&mut self, gate: GateCode, step: &Step, waited: Option<&Waited>) -> bool {
        let Some(waited) = waited else { return self.ask(gate, true, &[("step", &step.id), ("least_ms", &0)]) };
        let until = Timestamp::from_millis(self.now.time.millis() + waited.left());
        self.ask(
            gate,
            waited.is_over(),
            &[
                ("step", &step.id),
                ("least_ms", &waited.millis),
                ("wall_ms", &waited.whole.wall_ms),
                ("mono_ms", &waited.whole.mono_words()),
                ("proven", &waited.whole.proven),
                ("until", &until),
            ],
        )
    }

    /// Nobody who did a part of the step acts here, by person and by key.
    pub(super) fn other_person(&mut self, id: &StepId) -> bool {
        let attempt = self.run.steps[id].current();
        let other = attempt.is_none_or(|a| !a.actors.contains(&self.who.person) && !a.keys.contains(&self.who.key));
        let names =
            attempt.map(|a| a.actors.iter().map(PersonId::as_str).collect::<Vec<_>>().join(" ")).unwrap_or_default();
        let free = |person: &PersonId| attempt.is_none_or(|a| !a.actors.contains(person));
        let could = self.role.as_ref().map(|role| self.could(role, &free)).unwrap_or_default();
        match other {
            true => self.ask(GateCode::OtherPerson, true, &[("person", &self.who.person), ("performed_by", &names)]),
            false => self.ask(
                GateCode::OtherPerson,
                false,
                &[("person", &self.who.person), ("performed_by", &names), ("could", &could)],
            ),
        }
    }
}

impl Exit {
    /// Returns what is prescribed, in one word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Redo(_) => "redo",
            Self::Alternative(..) => "alternative",
            Self::NotApplicable(_) => "not_applicable",
            Self::Skip(_) => "skip",
            Self::Defer(..) => "defer",
            Self::BackOut(_) => "back_out",
            Self::Fail(_) => "fail",
        }
    }
}
