//! One walk: somebody does something, sensible or not, again and again.

use super::chance::Chance;
use super::oracle;
use asrun::kernel::canon::digest::{FileDigest, sha256};
use asrun::kernel::documents::package::Plan;
use asrun::kernel::documents::roster::Roster;
use asrun::kernel::documents::step::Step;
use asrun::kernel::model::name::StepId;
use asrun::kernel::model::time::Now;
use asrun::kernel::records::intent::Intent;
use asrun::kernel::records::record::SignedRecord;
use asrun::kernel::run::{Decided, Exit, Outstanding, Phase, Run, StepState, Who};
use asrun::kernel::signature::{PublicKey, RECORD_TYPE, RawSignature, pae};
use asrun::kernel::work::{Waits, poll, witness};
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

pub const START: &str = "2026-11-21T08:00:00.000Z";
const PEOPLE: [(&str, &[&str]); 6] = [
    ("ana", &["performer"]),
    ("lin", &["verifier", "performer"]),
    ("mia", &["supervisor"]),
    ("kay", &["qa"]),
    ("pri", &["witness"]),
    ("zoe", &["supervisor", "verifier"]),
];

/// What came of a walk.
pub struct Walked {
    pub accepted: u64,
    pub refused: u64,
    pub closed: bool,
}

pub(super) struct Person {
    key: SigningKey,
    pub(super) who: Who,
}

pub(super) static KEYS: LazyLock<BTreeMap<&str, Person>> = LazyLock::new(|| {
    let person = |(id, _): &(&'static str, _)| {
        let key = SigningKey::from_bytes(&sha256(format!("walk {id}").as_bytes()));
        let public = PublicKey::from_bytes(key.verifying_key().as_bytes()).unwrap();
        (*id, Person { key, who: Who { person: id.parse().unwrap(), key: public.id() } })
    };
    PEOPLE.iter().map(person).collect()
});

static ROSTER: LazyLock<Arc<Roster>> = LazyLock::new(|| {
    let span = json!({"valid_from": "2026-01-01T00:00:00.000Z", "valid_until": "2036-01-01T00:00:00.000Z"});
    let with = |mut base: Value| {
        base["valid_from"] = span["valid_from"].clone();
        base["valid_until"] = span["valid_until"].clone();
        base
    };
    let person = |(id, roles): &(&str, &[&str])| {
        let public = PublicKey::from_bytes(KEYS[id].key.verifying_key().as_bytes()).unwrap();
        let roles: Vec<_> = roles.iter().map(|role| with(json!({"role": role}))).collect();
        json!({"id": id, "name": id, "keys": [with(json!({"key": public.to_openssh()}))], "roles": roles})
    };
    Arc::new(
        serde_json::from_value(json!({
            "format": "asrun.roster.v1", "site": "walk", "serial": 1, "issued": "2026-01-01T00:00:00.000Z",
            "expires": "2036-01-01T00:00:00.000Z", "package_approval": {"role": "approver", "count": 1},
            "persons": PEOPLE.iter().map(person).collect::<Vec<_>>(),
        }))
        .unwrap(),
    )
});

/// A picture that was never taken; its bytes follow from its name.
pub fn captured(name: &str) -> Value {
    let digest = asrun::kernel::canon::digest::hex(&sha256(name.as_bytes()));
    json!({"blake3": format!("blake3:{digest}"), "sha256": format!("sha256:{digest}"), "size": 1,
        "media_type": "image/png", "name": "a.png", "origin": "file", "mtime": null})
}

/// What a person is who acts, as the kernel sees it.
pub fn who(person: &str) -> &'static Who {
    &KEYS[person].who
}

/// The persons of every walk.
pub fn roster() -> Arc<Roster> {
    ROSTER.clone()
}

pub(super) struct Walk {
    pub(super) chance: Chance,
    seed: u64,
    pub(super) run: Run,
    replayed: Run,
    pub(super) now: Now,
    accepted: u64,
    refused: u64,
    pub(super) starts: u32,
}

/// The program that opened the run.
fn program() -> Value {
    json!({"digest": null, "version": "0"})
}

/// Walks once; the walk follows from its seed.
pub fn walk(seed: u64, plan: &Arc<Plan>) -> Walked {
    let run = Run::draft(plan.clone(), ROSTER.clone(), "01JDZ3Q4M5N6P7R8S9T0V1W2X3".parse().unwrap());
    let now = Now { time: START.parse().unwrap(), mono_ms: 1000, boot: "b0".into() };
    let mut walk =
        Walk { chance: Chance(seed), seed, replayed: run.clone(), run, now, accepted: 0, refused: 0, starts: 0 };
    walk.open();
    let length = 10 + walk.chance.below(60);
    for _ in 0..length {
        walk.time_passes();
        let (person, intent) = match walk.chance.percent(80) {
            true => walk.sensible(),
            false => walk.wild(),
        };
        walk.act(person, intent);
    }
    assert_eq!(walk.run.state_file(), walk.replayed.state_file(), "walk {seed}");
    Walked { accepted: walk.accepted, refused: walk.refused, closed: walk.run.phase() == Phase::Closed }
}

impl Walk {
    fn open(&mut self) {
        let fields: BTreeMap<_, _> =
            self.run.plan().procedure.run_fields.iter().map(|f| (f.id.clone(), "W1".to_owned())).collect();
        let crew = json!([
            {"person": "lin", "role": "verifier"}, {"person": "mia", "role": "supervisor"}, {"person": "kay", "role": "qa"},
            {"person": "pri", "role": "witness"}, {"person": "zoe", "role": "supervisor"}
        ]);
        let open = json!({
            "intent": "open", "clock": "self", "crew": crew, "fields": fields, "mode": "live", "offset": "+00:00",
            "previous_run": null, "program": {"digest": null, "version": "0"}, "roster": FileDigest::of(b"r"),
        });
        self.act("ana", open);
        for (id, _) in &PEOPLE[1..] {
            self.act(id, json!({"intent": "unlock", "key": KEYS[id].who.key, "program": program(), "resumed": false}));
        }
    }

    fn act(&mut self, person: &str, intent: Value) {
        let Ok(intent) = serde_json::from_value::<Intent>(intent) else { return };
        self.follow(person);
        match self.run.decide(&intent, &KEYS[person].who, &self.now) {
            Ok(decided) => {
                self.accepted += 1;
                self.append(decided, person);
            }
            Err(refusal) => {
                self.refused += 1;
                assert!(!refusal.codes().is_empty(), "walk {}: refused without a reason: {intent:?}", self.seed);
                if let Some(denial) = refusal.denial.clone() {
                    self.append(denial, person);
                }
            }
        }
        self.follow(person);
    }

    fn follow(&mut self, person: &str) {
        let who = &KEYS[person].who;
        let mut rounds = 0;
        while self.run.has_session(&who.person, &self.now)
            && let Some((event, role)) = self.run.due(&self.now).zip(self.run.system_role(&who.person))
        {
            self.append(Decided { event, role }, person);
            rounds += 1;
            assert!(rounds < 500, "walk {}: what is due has no end", self.seed);
        }
    }

    fn append(&mut self, decided: Decided, person: &str) {
        let Person { key, who } = &KEYS[person];
        let record = self.run.record(decided, who, &self.now);
        let sign = |body: &[u8]| RawSignature(key.sign(&pae(RECORD_TYPE, body)).to_bytes());
        let line = SignedRecord::sign(record, who.key, sign).unwrap();
        let line = SignedRecord::parse(line.bytes()).unwrap();
        let (seed, event) = (self.seed, &line.record().event);
        if let Some(objection) = oracle::objection(&self.run, &line) {
            panic!("walk {seed}: {objection}: {event:?}");
        }
        self.replayed.admits(&line).unwrap_or_else(|c| panic!("walk {seed}: {c}: {event:?}"));
        let before = self.run.clone();
        self.run.after(&line);
        self.touches_what_it_changes(&before, seed);
        self.replayed.after(&line);
        assert!(self.run.keeps_up(), "walk {seed}: what is kept up of the steps is not so: {event:?}");
    }

    /// Whoever tells what changed asks the steps that a record touched, and no others.
    fn touches_what_it_changes(&self, before: &Run, seed: u64) {
        for step in self.run.plan().procedure.steps() {
            let same = before.step(&step.id) == self.run.step(&step.id);
            assert!(same || self.run.touched().contains(&step.id), "walk {seed}: step {} changed untold", step.id);
        }
    }

    fn performer(&mut self) -> &'static str {
        if self.chance.percent(92) { "ana" } else { self.anybody() }
    }

    pub(super) fn anybody(&mut self) -> &'static str {
        PEOPLE[self.chance.below(PEOPLE.len())].0
    }

    fn anybody_as(&mut self, role: &str) -> &'static str {
        let holders: Vec<_> = self.run.crew().iter().filter(|b| b.role.as_str() == role).collect();
        let holder = self.chance.pick(&holders).map(|b| b.person.to_string());
        PEOPLE.iter().map(|(id, _)| *id).find(|id| Some(*id) == holder.as_deref()).unwrap_or("ana")
    }

    /// What somebody who knows the work would do next, well or badly.
    fn sensible(&mut self) -> (&'static str, Value) {
        if self.run.change().is_some() && self.chance.percent(80) {
            return (self.performer(), json!({"intent": "acknowledge_change"}));
        }
        if self.run.phase().is_standing() {
            let accepts = self.run.turnover().map(|t| t.to.to_string());
            return match accepts.filter(|_| self.chance.percent(80)) {
                Some(to) => (
                    PEOPLE.iter().find(|(id, _)| *id == to).map_or("lin", |(id, _)| id),
                    json!({"intent": "accept_turnover"}),
                ),
                None => (self.performer(), json!({"intent": "resume"})),
            };
        }
        if let Some(pending) = self.run.pending().first().cloned() {
            return (self.performer(), self.deviation(pending.step));
        }
        if let Some(answer) = self.prescribed() {
            return answer;
        }
        let flagged = self.run.plan().procedure.steps().find(|s| self.run.step(&s.id).unwrap().reconfirm.is_some());
        if let Some(step) = flagged {
            let step = step.id.clone();
            return (self.performer(), json!({"intent": "reconfirm", "step": step}));
        }
        let frontier: Vec<Step> = self.run.frontier().into_iter().cloned().collect();
        let Some(step) = self.chance.pick(&frontier).cloned() else { return self.ending() };
        match self.run.step(&step.id).unwrap().state {
            StepState::Open | StepState::Deferred => (self.performer(), json!({"intent": "begin", "step": step.id})),
            _ => self.at(&step),
        }
    }

    fn prescribed(&mut self) -> Option<(&'static str, Value)> {
        let steps: Vec<StepId> = self.run.plan().procedure.steps().map(|s| s.id.clone()).collect();
        let exit = |id: &StepId| self.run.step(id).and_then(|s| s.exit.clone()).map(|e| (id.clone(), e));
        let (step, exit) = steps.iter().find_map(exit)?;
        let word = match exit {
            Exit::Alternative(..) | Exit::Fail(_) => return None,
            Exit::BackOut(_) => {
                return Some((self.performer(), json!({"intent": "abort", "reason": "as the deviation says"})));
            }
            other => other.word(),
        };
        Some((self.performer(), json!({"intent": word, "step": step})))
    }

    /// One row of a sample.
    fn row(&mut self, step: &Step) -> (&'static str, Value) {
        let sample = step.sample.as_ref().unwrap();
        let columns: Vec<_> = sample.table.columns.iter().map(|column| column.id.clone()).collect();
        let values: BTreeMap<_, _> =
            columns.iter().map(|id| (id.clone(), self.value(step, &sample.table.id, Some(id)))).collect();
        (self.performer(), json!({"intent": "take_sample", "step": step.id, "values": values}))
    }

    fn at(&mut self, step: &Step) -> (&'static str, Value) {
        let id = &step.id;
        let Some(next) = self.run.outstanding_at(id, &self.now).into_iter().next() else { return self.wild() };
        match next {
            Outstanding::Deviation(_) => (self.performer(), self.deviation(Some(id.clone()))),
            Outstanding::Advisory(n) => (self.performer(), json!({"intent": "acknowledge", "step": id, "advisory": n})),
            Outstanding::Component(tag) => {
                let tag = if self.chance.percent(95) { tag.to_string() } else { "X-1".into() };
                (self.performer(), json!({"intent": "confirm_component", "step": id, "tag": tag}))
            }
            Outstanding::Input(input, row, column) => {
                let raw = self.value(step, &input, column.as_ref());
                let instrument = self.run.instruments().keys().next().cloned();
                let named = step.input(&input).is_some_and(|i| format!("{i:?}").contains("instrument: Required"));
                if named && instrument.is_none() {
                    return (
                        self.performer(),
                        json!({"intent": "register_instrument", "instrument": "T-1", "name": "tester", "quantities": self.quantities(), "cal_due": "2030-01-01T00:00:00.000Z"}),
                    );
                }
                let instrument = instrument.filter(|_| named);
                (
                    self.performer(),
                    json!({"intent": "enter", "step": id, "input": input, "row": row, "column": column, "raw": raw, "instrument": instrument}),
                )
            }
            Outstanding::Result => {
                let result = if self.chance.percent(90) { "pass" } else { "fail" };
                (self.performer(), json!({"intent": "check", "step": id, "result": result}))
            }
            Outstanding::Decision => {
                let options: Vec<_> = step.inputs.iter().flat_map(|i| &i.options).map(|o| o.id.clone()).collect();
                (self.performer(), json!({"intent": "decide", "step": id, "option": self.chance.pick(&options)}))
            }
            Outstanding::Evidence(requirement) => (self.performer(), self.file(id, Some(requirement.as_str()))),
            Outstanding::ConcurrentVerification(role) | Outstanding::Verification(role) => {
                self.pass_until(self.run.ready_at(step).unwrap_or(self.now.time));
                (self.anybody_as(role.as_str()), self.verification(step))
            }
            Outstanding::Brief(person) => {
                let name = person.map(|p| p.to_string());
                let who = PEOPLE.iter().map(|(id, _)| *id).find(|id| Some(*id) == name.as_deref());
                (who.unwrap_or("ana"), json!({"intent": "acknowledge", "step": id}))
            }
            Outstanding::Work(Waits::Calculate(_)) => (self.performer(), json!({"intent": "calculate", "step": id})),
            Outstanding::WaitAgain(_) if self.chance.percent(50) => {
                let about = self.run.waited(step, &self.now).map(|w| w.least.word());
                let mut intent = self.deviation(Some(id.clone()));
                intent["about"] = json!(about);
                intent["statement"]["process"] = json!("continue");
                (self.performer(), intent)
            }
            Outstanding::Wait(until) | Outstanding::WaitAgain(until) => {
                self.pass_until(until);
                (self.performer(), json!({"intent": "perform", "step": id}))
            }
            Outstanding::Work(Waits::Sample(_)) => self.row(step),
            Outstanding::Work(Waits::Communicate(_)) => {
                let three = step.communicate.as_ref().is_some_and(|c| format!("{:?}", c.kind) == "ThreeWay");
                let back = three.then_some("as you said");
                (
                    self.performer(),
                    json!({"intent": "communicate", "step": id, "party": "desk", "repeat_back": back, "confirmed": self.chance.percent(80)}),
                )
            }
            Outstanding::Work(Waits::Witness(witness::Waits::Notice(_))) => {
                (self.performer(), json!({"intent": "notify_witness", "step": id, "party": "desk", "by": "phone"}))
            }
            Outstanding::Work(Waits::Witness(witness::Waits::Attendance(role, until))) => {
                if self.chance.percent(50) {
                    return (
                        self.anybody_as(role.as_str()),
                        json!({"intent": "attend", "step": id, "outcome": "attended"}),
                    );
                }
                if self.chance.percent(50) {
                    self.pass_until(until);
                }
                (self.performer(), json!({"intent": "attend", "step": id, "outcome": "not_attended"}))
            }
            Outstanding::Work(Waits::GoNoGo(poll::Waits { role, .. })) => {
                let answer = if self.chance.percent(90) { "go" } else { "no_go" };
                (
                    self.anybody_as(role.as_str()),
                    json!({"intent": "poll", "step": id, "role": role, "answer": answer, "comment": "asked twice"}),
                )
            }
            Outstanding::Work(Waits::Call(_)) => self.wild(),
            Outstanding::Reconfirm => (self.performer(), json!({"intent": "reconfirm", "step": id})),
            Outstanding::Perform => {
                let outcome = ["done", "done", "done", "done", "done", "done", "done", "done", "cannot", "failed"];
                let watch = self.run.running_watches().map(|(w, _)| w.clone()).next();
                if let Some(watch) = watch.filter(|_| self.chance.percent(30)) {
                    return (self.performer(), self.observation(&watch));
                }
                (self.performer(), json!({"intent": "perform", "step": id, "outcome": self.chance.pick(&outcome)}))
            }
            Outstanding::Release(role, _) => {
                (self.anybody_as(role.as_str()), json!({"intent": "release_hold", "step": id}))
            }
            Outstanding::Signature(role, meaning, _) => (
                self.anybody_as(role.as_str()),
                json!({"intent": "sign", "meaning": meaning, "subject": {"kind": "step", "id": id}}),
            ),
        }
    }

    fn observation(&mut self, watch: &asrun::kernel::documents::watch::Watch) -> Value {
        match &watch.input {
            Some(input) => {
                let raw = self.number(input);
                json!({"intent": "observe", "watch": watch.id, "raw": raw})
            }
            None => json!({"intent": "observe", "watch": watch.id, "ok": self.chance.percent(90)}),
        }
    }

    fn verification(&mut self, step: &Step) -> Value {
        let wanted = step.verification.as_ref().map(|v| v.observe.clone()).unwrap_or_default();
        let attempt = self.run.step(&step.id).and_then(|s| s.current()).cloned();
        let seen = |name: &_| attempt.as_ref().and_then(|a| a.entry(name, None, None)).map(|e| e.value.clone());
        let honest = self.chance.percent(85);
        let values: BTreeMap<_, _> =
            wanted.iter().map(|n| (n.clone(), seen(n).filter(|_| honest).unwrap_or_else(|| "1".into()))).collect();
        let agree = values.is_empty().then_some(honest);
        json!({"intent": "verify", "step": step.id, "values": values, "agree": agree})
    }

    fn number(&mut self, input: &asrun::kernel::model::input::Input) -> String {
        let parameters = &self.run.plan().manifest.parameters;
        let band = input.limits.as_ref().and_then(|l| l.accept.as_ref()).map(|b| b.range(parameters));
        let inside = band.and_then(|r| r.min.or(r.max)).map(|n| n.to_string());
        if self.chance.percent(85) {
            inside.unwrap_or_else(|| "1".into())
        } else {
            ["-3", "0", "7.5", "12345", "0.1"][self.chance.below(5)].into()
        }
    }

    fn value(
        &mut self,
        step: &Step,
        input: &asrun::kernel::model::name::Variable,
        column: Option<&asrun::kernel::model::name::Variable>,
    ) -> String {
        use asrun::kernel::model::input::InputType;
        let Some(mut authored) = step.input(input).cloned() else { return String::new() };
        if let Some(inner) = column.and_then(|c| authored.column(c)).cloned() {
            authored = inner;
        }
        match authored.kind {
            InputType::Number => self.number(&authored),
            InputType::Choice | InputType::Multi => {
                let good = authored.options.iter().find(|o| format!("{:?}", o.verdict) != "Some(Fail)");
                let any = self.chance.pick(&authored.options).map(|o| o.id.to_string());
                if self.chance.percent(85) {
                    good.map(|o| o.id.to_string()).or(any).unwrap_or_default()
                } else {
                    any.unwrap_or_default()
                }
            }
            InputType::Bool => authored.expect.unwrap_or(true).to_string(),
            InputType::Datetime => START.into(),
            InputType::Text | InputType::Identifier | InputType::Table => {
                self.run.expected(&authored).filter(|_| self.chance.percent(90)).unwrap_or_else(|| "LOT-1".into())
            }
        }
    }

    /// Everything that the pack measures.
    fn quantities(&self) -> Vec<String> {
        self.run.plan().pack.units.iter().map(|u| u.quantity.to_string()).collect()
    }

    fn file(&mut self, step: &StepId, requirement: Option<&str>) -> Value {
        let mut file = captured(&format!("{}-{}", self.seed, self.chance.below(40)));
        let mut authored = self.run.plan().procedure.step(step).into_iter().flat_map(|s| &s.evidence);
        let wanted = authored.find(|e| Some(e.id.as_str()) == requirement);
        if wanted.is_some_and(|e| !e.kind.takes("image/png")) && self.chance.percent(95) {
            file["media_type"] = "text/plain".into();
        }
        json!({"intent": "attach", "step": step, "requirement": requirement, "file": file})
    }

    fn deviation(&mut self, step: Option<StepId>) -> Value {
        let codes: Vec<_> = self.run.plan().pack.reason_codes.iter().map(|c| c.code.clone()).collect();
        let ways = [
            "continue",
            "redo",
            "redo",
            "alternative",
            "not_applicable",
            "skip",
            "defer",
            "stop",
            "back_out",
            "continue",
        ];
        let process = *self.chance.pick(&ways).unwrap();
        let authored = step.as_ref().and_then(|id| self.run.authored(id)).cloned();
        let way = authored.as_ref().and_then(|s| s.alternatives.first()).map(|a| a.id.clone());
        let later = self.run.plan().procedure.steps().last().map(|s| s.id.clone());
        let item = [None, None, None, Some("rework"), Some("not_affected")][self.chance.below(5)];
        json!({"intent": "deviate", "step": step, "statement": {
            "code": self.chance.pick(&codes), "description": "what was seen, where, and on which reading",
            "immediate_action": {"text": "told the lead"}, "process": process, "justification": "it holds",
            "alternative": way.filter(|_| process == "alternative"), "return_before": later.filter(|_| process == "defer"),
            "affected": {"items": [{"type": "asset", "id": "P-1"}]},
            "item": item,
        }})
    }

    fn ending(&mut self) -> (&'static str, Value) {
        match (self.run.phase(), self.chance.below(4)) {
            (Phase::Aborting, _) => (self.performer(), json!({"intent": "confirm_safe_state"})),
            (_, 0) => (
                "mia",
                json!({"intent": "sign", "meaning": "approved", "subject": {"kind": "run", "id": self.run.id()}}),
            ),
            (_, 1) => {
                let deviations: Vec<_> = self.run.deviations().iter().map(|d| d.id.clone()).collect();
                let deviation = self.chance.pick(&deviations).map(ToString::to_string).unwrap_or("DEV-0001".into());
                (
                    self.anybody(),
                    json!({"intent": "review_deviation", "deviation": deviation, "decision": "accept", "comment": "read"}),
                )
            }
            _ => (self.performer(), json!({"intent": "close"})),
        }
    }

    /// Anything by anybody, mostly refused.
    fn wild(&mut self) -> (&'static str, Value) {
        let steps: Vec<Step> = self.run.plan().procedure.steps().cloned().collect();
        let step = self.chance.pick(&steps).unwrap().clone();
        let id = &step.id;
        let input = self.chance.pick(&step.inputs).cloned();
        let intent = match self.chance.below(31) {
            0 => json!({"intent": "begin", "step": id}),
            1 => json!({"intent": "perform", "step": id}),
            2 => json!({"intent": "check", "step": id, "result": "pass"}),
            3 => json!({"intent": "skip", "step": id}),
            4 => json!({"intent": "redo", "step": id}),
            5 => json!({"intent": "defer", "step": id}),
            6 => json!({"intent": "not_applicable", "step": id}),
            7 => self.deviation(Some(id.clone())),
            8 => self.deviation(None),
            9 => self.verification(&step),
            10 => json!({"intent": "release_hold", "step": id}),
            11 => {
                json!({"intent": "pause", "reason": "tea", "code": self.run.plan().pack.reason_codes.first().map(|c| c.code.clone())})
            }
            12 => json!({"intent": "stop_work", "reason": "unsure"}),
            13 if self.chance.percent(10) => {
                json!({"intent": "abort", "reason": "alarm", "emergency": self.chance.percent(30)})
            }
            14 => json!({"intent": "close"}),
            15 => json!({"intent": "confirm_safe_state"}),
            16 => json!({"intent": "lock_session"}),
            17 => json!({"intent": "calculate", "step": id}),
            18 => json!({"intent": "reconfirm", "step": id}),
            19 => json!({"intent": "accept_turnover"}),
            20 => json!({"intent": "turnover", "to": self.anybody(), "role": "performer"}),
            21 => json!({"intent": "note", "step": id, "text": "\u{202e}odd"}),
            22 => json!({"intent": "poll", "step": id, "role": "supervisor", "answer": "go"}),
            23 => json!({"intent": "attend", "step": id, "outcome": "not_attended"}),
            24 => json!({"intent": "communicate", "step": id, "party": "x", "confirmed": true}),
            25 => json!({"intent": "acknowledge", "step": id}),
            26 => json!({"intent": "bind_crew", "person": self.anybody(), "role": "performer"}),
            27 => self.file(id, None),
            28 => {
                json!({"intent": "correct", "step": id, "input": input.map(|i| i.id), "raw": "1", "reason": "misread"})
            }
            29 => return self.restart(),
            _ => {
                let late = json!({"event_time": "2026-11-21T08:00:01.000Z", "reason": "hands full"});
                json!({"intent": "enter", "step": id, "input": input.map(|i| i.id), "raw": "2", "late": late})
            }
        };
        let person = self.anybody();
        if !self.run.sessions().contains(&KEYS[person].who.person) {
            let resumed = self.chance.percent(5);
            let unlock =
                json!({"intent": "unlock", "key": KEYS[person].who.key, "program": program(), "resumed": resumed});
            return (person, unlock);
        }
        (person, intent)
    }
}
