//! The rules of execution, each on the smallest procedure that shows it.

use super::*;
use crate::kernel::canon::digest::FileDigest;
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::model::deviation::{Class, Outcome};
use crate::kernel::model::gate::GateCode;
use crate::kernel::model::opening::{ClockTrust, Mode, Program};
use crate::kernel::records::record::SignedRecord;
use crate::kernel::signature::RECORD_TYPE;
use crate::keys::Signer;
use serde_json::{Value, json};

const T0: &str = "2026-11-21T08:00:00.000Z";

fn signer(person: &str) -> Signer {
    Signer::from_seed(&crate::kernel::canon::digest::sha256(person.as_bytes())).unwrap()
}

fn roster() -> Roster {
    let person = |id: &str, roles: &[&str]| {
        let grant = |role: &&str| json!({"role": role, "valid_from": "2026-01-01T00:00:00.000Z", "valid_until": "2027-01-01T00:00:00.000Z"});
        json!({
            "id": id, "name": id,
            "keys": [{"key": signer(id).public().to_openssh(), "valid_from": "2026-01-01T00:00:00.000Z", "valid_until": "2027-01-01T00:00:00.000Z"}],
            "roles": roles.iter().map(grant).collect::<Vec<_>>(),
        })
    };
    serde_json::from_value(json!({
        "format": "asrun.roster.v1", "site": "test", "serial": 1,
        "issued": "2026-01-01T00:00:00.000Z", "expires": "2026-12-31T00:00:00.000Z",
        "package_approval": {"role": "approver", "count": 1},
        "persons": [person("ana", &["performer"]), person("lin", &["verifier", "performer", "witness"]), person("mia", &["supervisor"]), person("pia", &["supervisor"])],
    }))
    .unwrap()
}

fn unlock(person: &str, resumed: bool) -> Intent {
    let program = Program { digest: None, version: "0".into() };
    Intent::Unlock { key: signer(person).id(), program, resumed, roster: None }
}

/// Puts members of one object over those of another.
fn patched(mut base: Value, patch: &Value) -> Value {
    for (name, value) in patch.as_object().into_iter().flatten() {
        base[name] = value.clone();
    }
    base
}

fn plan(steps: Value, procedure_patch: &Value, policy_patch: &Value) -> Plan {
    let around = json!({"id": "around", "title": "Way round", "kind": "body", "steps": [action("r1", json!({}))]});
    let mut sections = vec![
        json!({"id": "body", "title": "Body", "kind": "body", "steps": steps}),
        json!({"id": "back", "title": "Back out", "kind": "back_out", "steps": [action("b1", json!({}))]}),
    ];
    if steps.to_string().contains("alternatives") {
        sections.push(around);
    }
    let procedure = json!({
        "format": "asrun.procedure.v1", "id": "test", "revision": "a", "title": "Test", "use_level": "continuous",
        "criticality": "safety", "roles": ["performer", "verifier", "supervisor"], "back_out": "back", "safe_state": "off",
        "sections": sections,
    });
    let procedure: crate::kernel::documents::procedure::Procedure =
        serde_json::from_value(patched(procedure, procedure_patch)).unwrap();
    let pack = serde_json::from_value(json!({
        "format": "asrun.pack.v1", "id": "test", "version": "1", "units": [{"id": "bar", "quantity": "pressure"},
            {"id": "kpa", "quantity": "pressure", "symbol": "kPa", "equals": [{"unit": "bar", "factor": "0.01"}]}],
        "reason_codes": [{"code": "TST-ANY", "label": "Any", "group": "EQP", "default_class": "minor"}],
    }))
    .unwrap();
    let policy = json!({
        "format": "asrun.policy.v1", "id": "test", "version": "1",
        "deviations": [
            {"id": "R1", "when": {"trigger": "skipped", "critical": true}, "outcome": "block"},
            {"id": "R2", "when": {"trigger": "out_of_limit", "critical": true}, "outcome": "block"},
            {"id": "R99", "when": {}, "outcome": "review"},
        ],
        "review": {"minor": 1, "major": 1, "critical": 2, "by": ["supervisor"], "comment": "optional"},
        "closure": [{"id": "C1", "role": "supervisor", "meaning": "approved", "count": 1, "when": "either", "not": ["performer"]}],
        "identity": {"passphrase": "session", "idle_lock": "10min"}, "clock": {"max_step": "2s", "max_pause": "12h"},
    });
    let policy = serde_json::from_value(patched(policy, policy_patch)).unwrap();
    let document = json!({"id": "test", "sha256": FileDigest::of(b"x"), "size": 1, "version": "1"});
    let manifest = serde_json::from_value(json!({
        "approvals_required": [], "attachments": [], "expires": null, "format": "asrun.package.v1", "id": "test", "locked_at": T0,
        "pack": document, "parameters": {}, "policy": document, "procedure": document, "revision": "a", "supersedes": null, "title": "Test",
    }))
    .unwrap();
    Plan::new(crate::kernel::canon::digest::PackageDigest::of(b"p"), manifest, procedure, pack, policy)
}

std::thread_local! {
    /// Every gate that refused an act of this test.
    static DENIED: std::cell::RefCell<std::collections::BTreeSet<GateCode>> = std::cell::RefCell::default();
}

/// The opening by ana, with lin and mia in the crew.
fn open() -> Intent {
    let crew = json!([{"person": "lin", "role": "verifier"}, {"person": "mia", "role": "supervisor"}]);
    Intent::Open {
        clock: ClockTrust::Own,
        crew: serde_json::from_value(crew).unwrap(),
        fields: BTreeMap::new(),
        mode: Mode::Live,
        offset: "+00:00".into(),
        previous_run: None,
        program: Program { digest: None, version: "0".into() },
        roster: FileDigest::of(b"r"),
        superseded_by: None,
    }
}

/// A run at work; every record is also admitted by a second run that only replays.
struct Bench {
    run: Run,
    replayed: Run,
    now: Now,
    records: Vec<SignedRecord>,
}

impl Bench {
    fn new(steps: Value) -> Self {
        Self::with(steps, json!({}), json!({}))
    }

    fn with(steps: Value, procedure: Value, policy: Value) -> Self {
        let mut bench = Self::draft(steps, procedure, policy);
        bench.act("ana", &open()).unwrap();
        for person in ["lin", "mia"] {
            bench.act(person, &unlock(person, false)).unwrap();
        }
        bench
    }

    /// A run that nobody has opened.
    fn draft(steps: Value, procedure: Value, policy: Value) -> Self {
        let run = Run::draft(
            Arc::new(plan(steps, &procedure, &policy)),
            Arc::new(roster()),
            "01JDZ3Q4M5N6P7R8S9T0V1W2X3".parse().unwrap(),
        );
        let now = Now { time: T0.parse().unwrap(), mono_ms: 1000, boot: "b".into() };
        Self { replayed: run.clone(), run, now, records: Vec::new() }
    }

    fn act(&mut self, person: &str, intent: &Intent) -> Result<(), Vec<GateCode>> {
        self.wait(1000);
        let who = Who { person: person.parse().unwrap(), key: signer(person).id() };
        self.follow(&who);
        let (decided, refused) = match self.run.decide(intent, &who, &self.now) {
            Ok(decided) => (Some(decided), None),
            Err(refusal) => (refusal.denial.clone(), Some(refusal.codes())),
        };
        if let Some(decided) = decided {
            self.append(decided, &who);
        }
        self.follow(&who);
        DENIED.with_borrow_mut(|seen| seen.extend(refused.iter().flatten()));
        refused.map_or(Ok(()), Err)
    }

    /// Records what is due, in the name of a person of the crew.
    fn follow(&mut self, who: &Who) {
        while let Some(event) = self.run.due(&self.now) {
            let role = self.run.system_role(&who.person).unwrap();
            self.append(Decided { event, role }, who);
        }
    }

    fn append(&mut self, decided: Decided, who: &Who) {
        let record = self.run.record(decided, who, &self.now);
        let key = signer(who.person.as_str());
        let line = SignedRecord::sign(record, who.key, |body| key.sign_pae(RECORD_TYPE, body)).unwrap();
        let line = SignedRecord::parse(line.bytes()).unwrap();
        assert!(line.is_signed_by(key.public()));
        self.replayed.admits(&line).unwrap_or_else(|c| panic!("{c}: {:?}", line.record().event));
        self.run.after(&line);
        self.replayed.after(&line);
        assert_eq!(self.run.state_file(), self.replayed.state_file());
        self.records.push(line);
    }

    fn wait(&mut self, millis: i64) {
        self.now.time = Timestamp::from_millis(self.now.time.millis() + millis);
        self.now.mono_ms += millis;
    }

    /// Does an act written in the drive language.
    fn says(&mut self, person: &str, intent: Value) -> Result<(), Vec<GateCode>> {
        self.act(person, &serde_json::from_value(intent).unwrap())
    }

    fn does(&mut self, person: &str, intent: Value) {
        self.says(person, intent.clone()).unwrap_or_else(|codes| panic!("{intent}: {codes:?}"));
    }

    fn enters(&mut self, step: &str, raw: &str) -> Result<(), Vec<GateCode>> {
        self.says("ana", json!({"intent": "enter", "step": step, "input": "p", "raw": raw}))
    }

    fn begins(&mut self, step: &str) {
        self.does("ana", json!({"intent": "begin", "step": step}));
    }

    fn performs(&mut self, step: &str) {
        self.does("ana", json!({"intent": "perform", "step": step}));
    }

    fn deviates(&mut self, step: Option<&str>, process: &str) -> Result<(), Vec<GateCode>> {
        self.says("ana", deviation(step, process))
    }

    fn state(&self, step: &str) -> StepState {
        self.run.step(&step.parse().unwrap()).unwrap().state
    }

    fn closes(&mut self) -> Result<(), Vec<GateCode>> {
        self.says("ana", json!({"intent": "close"}))
    }
}

mod answers;
mod change;
mod clocks;
mod crew;
mod demands;
mod evidence;
mod gates;
mod rules;
mod sample;
mod triggers;

/// A filled deviation form as an intent.
fn deviation(step: Option<&str>, process: &str) -> Value {
    let statement = json!({
        "code": "TST-ANY", "description": "what was seen and where", "immediate_action": {"text": "told the lead"}, "process": process,
        "justification": "because it is right", "alternative": (process == "alternative").then_some("way"),
    });
    json!({"intent": "deviate", "step": step, "statement": statement})
}

fn reading(extra: Value) -> Value {
    let mut step = json!({
        "id": "1", "type": "record", "title": "Read", "instruction": "READ p.",
        "inputs": [{"id": "p", "type": "number", "unit": "bar", "limits": {"accept": {"max": "0.20"}, "alert": {"max": "0.10"}, "plausible": {"min": "-1", "max": "40"}}}],
    });
    for (name, value) in extra.as_object().unwrap() {
        step[name] = value.clone();
    }
    step
}

fn action(id: &str, extra: Value) -> Value {
    let mut step = json!({"id": id, "type": "action", "title": "Do", "instruction": "DO it."});
    for (name, value) in extra.as_object().unwrap() {
        step[name] = value.clone();
    }
    step
}

#[test]
fn a_clean_run_goes_step_by_step_to_its_close() {
    let mut bench = Bench::new(json!([reading(json!({})), action("2", json!({}))]));
    assert_eq!(bench.says("ana", json!({"intent": "begin", "step": "2"})), Err(vec![GateCode::StepReady]));
    bench.begins("1");
    bench.enters("1", "0,05").unwrap();
    bench.performs("1");
    assert_eq!(bench.state("1"), StepState::Complete);
    assert_eq!(bench.closes(), Err(vec![GateCode::RunFinished]));
    bench.begins("2");
    bench.performs("2");
    bench.closes().unwrap();
    assert_eq!(bench.run.denials(), 2);
    assert_eq!(bench.run.phase(), Phase::Closed);
}

#[test]
fn a_reading_out_of_limits_demands_a_deviation_before_anything_else() {
    let mut bench = Bench::new(json!([reading(json!({}))]));
    bench.begins("1");
    bench.enters("1", "0.35").unwrap();
    assert_eq!(bench.says("ana", json!({"intent": "perform", "step": "1"})), Err(vec![GateCode::DeviationFiled]));
    assert_eq!(bench.enters("1", "0.05"), Err(vec![GateCode::DeviationFiled, GateCode::EntryFree]));
    bench.deviates(Some("1"), "continue").unwrap();
    bench.performs("1");
    let deviation = &bench.run.deviations()[0];
    assert_eq!((deviation.facts.trigger, deviation.ruling.outcome), (Trigger::OutOfLimit, Outcome::Review));
    assert_eq!(deviation.facts.as_found, "0.35");
    assert_eq!(bench.state("1"), StepState::Complete);
}

#[test]
fn a_blocking_policy_refuses_to_accept_and_leaves_redo_open() {
    let mut bench = Bench::new(json!([reading(json!({"critical": true}))]));
    bench.begins("1");
    bench.enters("1", "0.35").unwrap();
    assert_eq!(bench.deviates(Some("1"), "continue"), Err(vec![GateCode::PolicyAccepts]));
    assert_eq!(bench.deviates(Some("1"), "skip"), Err(vec![GateCode::PolicyAccepts]));
    bench.deviates(Some("1"), "redo").unwrap();
    assert_eq!(bench.enters("1", "0.05"), Err(vec![GateCode::WayOut, GateCode::EntryFree]));
    bench.does("ana", json!({"intent": "redo", "step": "1"}));
    bench.begins("1");
    bench.enters("1", "0.05").unwrap();
    bench.performs("1");
    assert_eq!(bench.run.step(&"1".parse().unwrap()).unwrap().attempt(), 2);
    assert_eq!(bench.run.deviations()[0].class(), Class::Major);
}

#[test]
fn a_typing_error_is_corrected_with_both_values_kept_and_written_down() {
    let mut bench = Bench::new(json!([reading(json!({}))]));
    bench.begins("1");
    bench.enters("1", "0.35").unwrap();
    bench.does(
        "ana",
        json!({"intent": "correct", "step": "1", "input": "p", "raw": "0.05", "reason": "misread the scale"}),
    );
    assert_eq!(bench.run.pending()[0].trigger, Trigger::EntryCorrectedAfterSignoff);
    bench.deviates(Some("1"), "continue").unwrap();
    bench.performs("1");
    let attempt = bench.run.step(&"1".parse().unwrap()).unwrap().current().unwrap();
    assert_eq!(attempt.entries.iter().map(|e| e.raw.as_str()).collect::<Vec<_>>(), ["0.35", "0.05"]);
    assert!(attempt.entries[0].superseded);
}

#[test]
fn an_implausible_reading_is_keyed_again_and_repeating_it_confirms_it() {
    let mut bench = Bench::new(json!([reading(json!({}))]));
    bench.begins("1");
    bench.enters("1", "350").unwrap();
    assert_eq!(bench.says("ana", json!({"intent": "perform", "step": "1"})), Err(vec![GateCode::InputsEntered]));
    bench.enters("1", "350").unwrap();
    assert_eq!(bench.run.pending()[0].trigger, Trigger::OutOfLimit);
}

#[test]
fn a_loop_keeps_every_pass_and_demands_a_deviation_after_the_last() {
    let steps =
        json!([action("0", json!({})), reading(json!({"loop": {"until": "p <= 0.20", "max": 2, "body": ["0"]}}))]);
    let mut bench = Bench::new(steps);
    for pass in 1..=2 {
        bench.begins("0");
        bench.performs("0");
        bench.begins("1");
        bench.enters("1", "0.35").unwrap();
        bench.performs("1");
        assert_eq!(bench.run.pending().len(), usize::from(pass == 2));
    }
    assert_eq!(bench.run.pending()[0].trigger, Trigger::LoopExhausted);
    assert_eq!(bench.run.step(&"0".parse().unwrap()).unwrap().attempt(), 2);
}

#[test]
fn a_prepared_alternative_is_worked_through_and_completes_the_step() {
    let mut bench = Bench::new(json!([
        reading(json!({"alternatives": [{"id": "way", "section": "around"}]})),
        action("2", json!({}))
    ]));
    bench.begins("1");
    bench.enters("1", "0.35").unwrap();
    bench.deviates(Some("1"), "alternative").unwrap();
    bench.begins("r1");
    bench.performs("r1");
    assert_eq!(bench.state("1"), StepState::Complete);
    bench.begins("2");
    bench.performs("2");
    bench.closes().unwrap();
}

#[test]
fn a_condition_excludes_a_step_and_shows_how_it_came_out() {
    let steps = json!([reading(json!({})), action("2", json!({"when": {"expr": "p > 0.10"}})), action("3", json!({}))]);
    let mut bench = Bench::new(steps);
    bench.begins("1");
    bench.enters("1", "0.05").unwrap();
    bench.performs("1");
    assert_eq!(bench.state("2"), StepState::NotApplicable);
    let because = bench.run.step(&"2".parse().unwrap()).unwrap().because.clone();
    assert_eq!(because.as_deref(), Some("p > 0.10: 0.05 > 0.10 is false"));
    bench.begins("3");
}

#[test]
fn an_independent_verification_is_blind_and_by_another_person() {
    let verification = json!({"mode": "independent", "by": "verifier", "observe": ["p"], "tolerance": {"p": "0.01"}});
    let mut bench = Bench::new(json!([reading(json!({"verification": verification}))]));
    bench.begins("1");
    bench.enters("1", "0.10").unwrap();
    bench.performs("1");
    assert_eq!(bench.state("1"), StepState::Performed);
    let step = "1".parse().unwrap();
    assert!(bench.run.hides_from(&"lin".parse().unwrap(), &step));
    let refused = bench.says("ana", json!({"intent": "verify", "step": "1", "values": {"p": "0.10"}}));
    assert_eq!(refused, Err(vec![GateCode::RoleBound, GateCode::RoleHeld, GateCode::OtherPerson]));
    assert_eq!(bench.says("lin", json!({"intent": "verify", "step": "1"})), Err(vec![GateCode::Observed]));
    bench.does("lin", json!({"intent": "verify", "step": "1", "values": {"p": "0.11"}}));
    assert_eq!(bench.state("1"), StepState::Complete);
}

#[test]
fn a_mismatch_between_performer_and_verifier_is_a_deviation() {
    let verification = json!({"mode": "independent", "by": "verifier", "observe": ["p"]});
    let mut bench = Bench::new(json!([reading(json!({"verification": verification}))]));
    bench.begins("1");
    bench.enters("1", "0.10").unwrap();
    bench.performs("1");
    bench.does("lin", json!({"intent": "verify", "step": "1", "values": {"p": "0.15"}}));
    assert_eq!(bench.run.pending()[0].trigger, Trigger::VerificationMismatch);
    bench.deviates(Some("1"), "redo").unwrap();
}

#[test]
fn a_concurrent_verification_comes_before_the_act() {
    let verification = json!({"mode": "concurrent", "by": "verifier"});
    let mut bench = Bench::new(json!([action("1", json!({"verification": verification}))]));
    bench.begins("1");
    assert_eq!(bench.says("ana", json!({"intent": "perform", "step": "1"})), Err(vec![GateCode::Verified]));
    bench.does("lin", json!({"intent": "verify", "step": "1"}));
    bench.performs("1");
    assert_eq!(bench.state("1"), StepState::Complete);
}

#[test]
fn a_hold_is_released_by_its_role_alone() {
    let hold = json!({"id": "1", "type": "hold", "title": "Hold", "instruction": "WAIT.", "signoff": [{"role": "supervisor", "meaning": "hold_released"}]});
    let mut bench = Bench::new(json!([hold, action("2", json!({}))]));
    bench.begins("1");
    assert!(bench.says("ana", json!({"intent": "release_hold", "step": "1"})).is_err());
    assert_eq!(bench.says("ana", json!({"intent": "perform", "step": "1"})), Err(vec![GateCode::StepType]));
    bench.does("mia", json!({"intent": "release_hold", "step": "1"}));
    bench.begins("2");
}

#[test]
fn another_component_than_the_named_one_stops_the_step() {
    let mut bench = Bench::new(json!([action("1", json!({"component": {"tag": "V-01"}}))]));
    bench.begins("1");
    assert_eq!(bench.says("ana", json!({"intent": "perform", "step": "1"})), Err(vec![GateCode::ComponentConfirmed]));
    bench.does("ana", json!({"intent": "confirm_component", "step": "1", "tag": "V-02"}));
    assert_eq!(bench.deviates(Some("1"), "continue"), Err(vec![GateCode::Disposition]));
    bench.deviates(Some("1"), "redo").unwrap();
}

#[test]
fn abort_is_refused_by_no_form_and_the_deviation_is_written_afterwards() {
    let mut bench = Bench::new(json!([reading(json!({}))]));
    bench.begins("1");
    bench.enters("1", "0.35").unwrap();
    bench.does("ana", json!({"intent": "abort", "reason": ""}));
    bench.does("ana", json!({"intent": "confirm_safe_state"}));
    assert_eq!(bench.run.phase(), Phase::Aborted);
    assert_eq!(bench.closes(), Err(vec![GateCode::DeviationFiled]));
    bench.deviates(Some("1"), "stop").unwrap();
    bench.deviates(None, "back_out").unwrap();
    bench.closes().unwrap();
    let assessed = crate::kernel::judgement::closure::assess(&bench.run, &[]);
    assert!(assessed.findings.iter().any(|f| f.code == FindingCode::PolicyAborted));
}

#[test]
fn a_supervisor_signs_the_finished_run_and_a_later_change_makes_it_stale() {
    let mut bench = Bench::new(json!([reading(json!({}))]));
    let sign = json!({"intent": "sign", "meaning": "approved", "subject": {"kind": "run", "id": "01JDZ3Q4M5N6P7R8S9T0V1W2X3"}});
    assert_eq!(bench.says("mia", sign.clone()), Err(vec![GateCode::RunFinished]));
    bench.begins("1");
    bench.enters("1", "0.05").unwrap();
    bench.performs("1");
    bench.does("mia", sign);
    assert!(crate::kernel::judgement::closure::assess(&bench.run, &[]).findings.is_empty());
    bench.does("ana", json!({"intent": "correct", "step": "1", "input": "p", "raw": "0.06", "reason": "misread"}));
    bench.deviates(Some("1"), "continue").unwrap();
    let open: Vec<_> =
        crate::kernel::judgement::closure::assess(&bench.run, &[]).findings.iter().map(|f| f.code).collect();
    assert_eq!(open, [FindingCode::PolicyDeviationOpen, FindingCode::PolicySignoffMissing]);
}

#[test]
fn a_program_that_was_killed_leaves_an_interruption_that_must_be_confirmed() {
    let mut bench = Bench::new(json!([action("1", json!({}))]));
    bench.begins("1");
    bench.wait(600_000);
    bench.act("ana", &unlock("ana", true)).unwrap();
    assert_eq!(bench.run.phase(), Phase::Interrupted);
    assert_eq!(bench.says("ana", json!({"intent": "perform", "step": "1"})), Err(vec![GateCode::RunRunning]));
    assert_eq!(bench.says("lin", json!({"intent": "note", "text": "hello"})), Err(vec![GateCode::SessionOpen]));
    bench.does("ana", json!({"intent": "resume"}));
    bench.performs("1");
}

#[test]
fn a_wall_clock_that_steps_is_recorded() {
    let mut bench = Bench::new(json!([action("1", json!({}))]));
    bench.now.time = Timestamp::from_millis(bench.now.time.millis() - 3_600_000);
    bench.begins("1");
    assert_eq!(bench.run.clock_steps(), [-3_600_000]);
}

#[test]
fn who_raised_a_deviation_cannot_review_it() {
    let mut bench = Bench::new(json!([reading(json!({}))]));
    bench.begins("1");
    bench.enters("1", "0.35").unwrap();
    bench.deviates(Some("1"), "continue").unwrap();
    let review = json!({"intent": "review_deviation", "deviation": "DEV-0001", "decision": "accept"});
    assert!(bench.says("ana", review.clone()).is_err());
    bench.does("mia", review.clone());
    assert_eq!(bench.says("mia", review), Err(vec![GateCode::KnownDeviation]));
    assert_eq!(bench.run.deviations()[0].reviews.len(), 1);
}
