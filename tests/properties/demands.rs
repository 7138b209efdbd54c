//! Random documents: whatever their author demands is outstanding until it is met, and no run without it is FINAL.
//!
//! What is demanded is written down here while a document is made up, without a look at the kernel.

use super::chance::Chance;
use super::walker::{START, captured, roster, who};
use asrun::kernel::judgement::closure::assess;
use asrun::kernel::judgement::verdict::Severity;
use asrun::kernel::model::name::StepId;
use asrun::kernel::model::subject::SubjectKind;
use asrun::kernel::model::time::{Now, Timestamp};
use asrun::kernel::records::intent::Intent;
use asrun::kernel::records::record::SignedRecord;
use asrun::kernel::run::{Decided, Outstanding, Phase, Run, StepState};
use asrun::kernel::signature::RawSignature;
use asrun::kernel::work::{Waits, poll};
use asrun::library::{self, lint};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

const RUN: &str = "01JDZ3Q4M5N6P7R8S9T0V1W2X3";

/// Who holds a role beside the performer ana.
fn holders(role: &str) -> &'static [&'static str] {
    match role {
        "supervisor" => &["mia", "zoe"],
        "verifier" => &["lin", "zoe"],
        "qa" => &["kay"],
        _ => &["pri"],
    }
}

/// Something that an author asks for: how it is shown as outstanding, and the acts that meet it.
struct Demand {
    shown: String,
    acts: Vec<(&'static str, Value)>,
}

struct Made {
    step: String,
    demands: Vec<Demand>,
}

/// A document in the making.
struct Author<'a> {
    chance: &'a mut Chance,
    seed: u64,
}

impl Author<'_> {
    fn some(&mut self, percent: usize) -> bool {
        self.chance.percent(percent)
    }

    fn role(&mut self) -> &'static str {
        ["supervisor", "verifier", "qa", "witness"][self.chance.below(4)]
    }

    fn count(&mut self, role: &str) -> usize {
        1 + self.chance.below(holders(role).len())
    }

    fn step(&mut self, number: usize, required_photos: &dyn Fn(bool, &str) -> usize) -> (Value, Made) {
        let id = format!("{number}");
        let kind = ["action", "check", "record", "hold", "go_no_go"][self.chance.below(5)];
        let critical = self.some(40);
        let mut step = json!({"id": id, "type": kind, "title": "Do it", "instruction": "DO it.", "critical": critical});
        let mut made = Made { step: id.clone(), demands: Vec::new() };
        self.before(&mut step, &mut made);
        self.files(&mut step, &mut made, required_photos(critical, kind));
        if kind == "check" {
            made.ask("result", vec![("ana", json!({"intent": "check", "step": id, "result": "pass"}))]);
        }
        match kind {
            "hold" => self.hold(&mut step, &mut made),
            "go_no_go" => self.poll(&mut step, &mut made),
            _ => made.ask("perform", vec![("ana", json!({"intent": "perform", "step": id}))]),
        }
        self.verification(&mut step, &mut made);
        self.signatures(&mut step, &mut made);
        (step, made)
    }

    fn before(&mut self, step: &mut Value, made: &mut Made) {
        let id = made.step.clone();
        if self.some(40) {
            step["advisories"] = json!([{"level": "warning", "text": "Hot"}, {"level": "note", "text": "Blue", "acknowledge": true}, {"level": "caution", "text": "Wet", "acknowledge": true}]);
            for n in [0, 1, 2] {
                let act = json!({"intent": "acknowledge", "step": id, "advisory": n});
                made.ask(&format!("advisory {n}"), vec![("ana", act)]);
            }
        }
        if self.some(30) {
            step["component"] = json!({"tag": "V-1"});
            let act = json!({"intent": "confirm_component", "step": id, "tag": "V-1"});
            made.ask("component V-1", vec![("ana", act)]);
        }
        let mut inputs = Vec::new();
        for n in 0..self.chance.below(3) {
            let input = format!("in_{id}_{n}");
            let required = self.some(80);
            inputs.push(json!({"id": input, "type": "text", "required": required}));
            if required {
                let act = json!({"intent": "enter", "step": id, "input": input, "raw": "seen"});
                made.ask(&format!("input {input}"), vec![("ana", act)]);
            }
        }
        step["inputs"] = json!(inputs);
    }

    /// Files of the author, and those that the profile demands besides.
    fn files(&mut self, step: &mut Value, made: &mut Made, wanted: usize) {
        let mut evidence = Vec::new();
        let mut photos = 0;
        for n in 0..self.chance.below(3) {
            let kind = ["photo", "document", "any"][self.chance.below(3)];
            let (required, min) = (self.some(70), 1 + self.chance.below(2));
            evidence.push(
                json!({"id": format!("e{n}"), "kind": kind, "min": min, "required": required, "prompt": "Show it"}),
            );
            if required {
                photos += if kind == "photo" { min } else { 0 };
                self.attaching(made, &format!("e{n}"), min);
            }
        }
        step["evidence"] = json!(evidence);
        if wanted > photos {
            self.attaching(made, "profile.photo", wanted - photos);
        }
    }

    fn attaching(&mut self, made: &mut Made, requirement: &str, min: usize) {
        let file = |n: usize| {
            let file = captured(&format!("{} {} {requirement} {n}", self.seed, made.step));
            ("ana", json!({"intent": "attach", "step": made.step, "requirement": requirement, "file": file}))
        };
        let acts = (0..min).map(file).collect();
        made.ask(&format!("evidence {requirement}"), acts);
    }

    fn hold(&mut self, step: &mut Value, made: &mut Made) {
        let mut roles = vec!["supervisor"];
        roles.extend(self.some(50).then_some("qa"));
        let mut asked = Vec::new();
        for role in roles {
            let count = self.count(role);
            asked.push(json!({"role": role, "meaning": "hold_released", "count": count}));
            let act = |who: &&'static str| (*who, json!({"intent": "release_hold", "step": made.step}));
            let acts = holders(role)[..count].iter().map(act).collect();
            made.ask(&format!("release {role}"), acts);
        }
        step["signoff"] = json!(asked);
    }

    fn poll(&mut self, step: &mut Value, made: &mut Made) {
        let mut asked = Vec::new();
        for role in ["verifier", "supervisor", "qa"] {
            if role == "verifier" || self.some(50) {
                let count = self.count(role);
                asked.push(if count == 1 { json!(role) } else { json!({"role": role, "count": count}) });
                let go = json!({"intent": "poll", "step": made.step, "role": role, "answer": "go"});
                let acts = holders(role)[..count].iter().map(|who| (*who, go.clone())).collect();
                made.ask(&format!("poll {role}"), acts);
            }
        }
        step["poll"] = json!(asked);
    }

    fn verification(&mut self, step: &mut Value, made: &mut Made) {
        if !self.some(40) {
            return;
        }
        let concurrent = self.some(50);
        step["verification"] = json!({"mode": if concurrent { "concurrent" } else { "peer" }, "by": "verifier"});
        let shown = if concurrent { "concurrent verifier" } else { "verification verifier" };
        made.ask(shown, vec![("lin", json!({"intent": "verify", "step": made.step}))]);
    }

    fn signatures(&mut self, step: &mut Value, made: &mut Made) {
        let mut all = step["signoff"].as_array().cloned().unwrap_or_default();
        for meaning in ["reviewed", "approved", "witnessed"] {
            if !self.some(35) {
                continue;
            }
            let role = self.role();
            let count = self.count(role);
            all.push(json!({"role": role, "meaning": meaning, "count": count}));
            let sign = json!({"intent": "sign", "meaning": meaning, "subject": {"kind": "step", "id": made.step}});
            let acts = holders(role)[..count].iter().map(|who| (*who, sign.clone())).collect();
            made.ask(&format!("signature {role} {meaning}"), acts);
        }
        step["signoff"] = json!(all);
    }
}

impl Made {
    fn ask(&mut self, shown: &str, acts: Vec<(&'static str, Value)>) {
        self.demands.push(Demand { shown: shown.to_owned(), acts });
    }
}

/// How something outstanding is named here.
fn shown(outstanding: &Outstanding) -> String {
    match outstanding {
        Outstanding::Advisory(n) => format!("advisory {n}"),
        Outstanding::Component(tag) => format!("component {tag}"),
        Outstanding::Input(input, ..) => format!("input {input}"),
        Outstanding::Result => "result".into(),
        Outstanding::Evidence(requirement) => format!("evidence {requirement}"),
        Outstanding::ConcurrentVerification(role) => format!("concurrent {role}"),
        Outstanding::Perform => "perform".into(),
        Outstanding::Verification(role) => format!("verification {role}"),
        Outstanding::Release(role, _) => format!("release {role}"),
        Outstanding::Work(Waits::GoNoGo(poll::Waits { role, .. })) => format!("poll {role}"),
        Outstanding::Signature(role, meaning, _) => format!("signature {role} {}", meaning.word()),
        other => format!("{other:?}"),
    }
}

/// A run of a made-up document.
struct Work {
    run: Run,
    now: Now,
    seed: u64,
}

impl Work {
    fn act(&mut self, person: &str, intent: &Value) -> bool {
        let intent: Intent = serde_json::from_value(intent.clone()).unwrap();
        self.now.time = Timestamp::from_millis(self.now.time.millis() + 1000);
        self.now.mono_ms += 1000;
        self.follow(person);
        let decided = self.run.decide(&intent, who(person), &self.now);
        let taken = decided.is_ok();
        if let Ok(decided) = decided {
            self.append(decided, person);
        }
        self.follow(person);
        taken
    }

    fn follow(&mut self, person: &str) {
        while self.run.sessions().contains(&who(person).person)
            && let Some((event, role)) = self.run.due(&self.now).zip(self.run.system_role(&who(person).person))
        {
            self.append(Decided { event, role }, person);
        }
    }

    fn append(&mut self, decided: Decided, person: &str) {
        let record = self.run.record(decided, who(person), &self.now);
        self.run.after(&SignedRecord::sign(record, who(person).key, |_| RawSignature([0; 64])).unwrap());
    }

    fn open(&mut self) {
        let crew: Vec<Value> = ["verifier", "supervisor", "qa", "witness"]
            .iter()
            .flat_map(|role| holders(role).iter().map(move |person| json!({"person": person, "role": role})))
            .collect();
        let open = json!({
            "intent": "open", "clock": "self", "crew": crew, "fields": {}, "mode": "live", "offset": "+00:00",
            "previous_run": null, "program": {"digest": null, "version": "0"},
            "roster": format!("sha256:{}", "11".repeat(32)),
        });
        assert!(self.act("ana", &open), "walk {}", self.seed);
        for person in ["lin", "mia", "zoe", "kay", "pri"] {
            let program = json!({"digest": null, "version": "0"});
            let unlock = json!({"intent": "unlock", "key": who(person).key, "program": program, "resumed": false});
            assert!(self.act(person, &unlock), "walk {}", self.seed);
        }
    }

    fn state(&self, step: &str) -> StepState {
        self.run.step(&step.parse().unwrap()).unwrap().state
    }

    /// Just the demands that are not met are outstanding: none is dropped and none is made up.
    fn agrees(&self, made: &Made) {
        let state = self.state(&made.step);
        if !matches!(state, StepState::Active | StepState::Performed) {
            return;
        }
        let id: StepId = made.step.parse().unwrap();
        let mut found: Vec<String> = self.run.outstanding(&id).iter().map(shown).collect();
        let open = |d: &&Demand| !d.acts.is_empty();
        let mut wanted: Vec<String> = made.demands.iter().filter(open).map(|d| d.shown.clone()).collect();
        found.sort();
        wanted.sort();
        assert_eq!(found, wanted, "walk {} step {id} {}", self.seed, state.word());
    }

    /// Meets every demand of a step but one, in an order that chance gives.
    fn meet(&mut self, chance: &mut Chance, made: &mut Made, withheld: Option<usize>) {
        assert!(self.act("ana", &json!({"intent": "begin", "step": made.step})), "walk {}", self.seed);
        let mut idle = 0;
        while idle < 120 {
            self.agrees(made);
            let open: Vec<usize> =
                (0..made.demands.len()).filter(|n| Some(*n) != withheld && !made.demands[*n].acts.is_empty()).collect();
            let Some(n) = chance.pick(&open).copied() else { break };
            let (person, intent) = made.demands[n].acts.last().cloned().unwrap();
            match self.act(person, &intent) {
                true => {
                    made.demands[n].acts.pop();
                    idle = 0;
                }
                false => idle += 1,
            }
        }
        self.agrees(made);
    }
}

/// Makes a document up, works it off with or without one of its demands, and looks at what follows.
pub fn walk(seed: u64) {
    let mut chance = Chance(seed);
    let photos = chance.below(3);
    let of = ["critical", "all", "hold"][chance.below(3)];
    let required = move |critical: bool, kind: &str| match of {
        "critical" if !critical => 0,
        "hold" if kind != "hold" => 0,
        _ => photos,
    };
    let mut author = Author { chance: &mut chance, seed };
    let (steps, mut made): (Vec<Value>, Vec<Made>) = (1..=3).map(|number| author.step(number, &required)).unzip();
    let closers = 1 + chance.below(2);
    let mut work = Work {
        run: Run::draft(Arc::new(plan(steps, of, photos, closers)), roster(), RUN.parse().unwrap()),
        now: Now { time: START.parse().unwrap(), mono_ms: 1000, boot: "b".into() },
        seed,
    };
    work.open();
    // One demand of one step, a closing signature, or nothing is withheld.
    let place = chance.below(made.len() + 2);
    for (n, step) in made.iter_mut().enumerate() {
        let withheld = (n == place).then(|| chance.below(step.demands.len()));
        work.meet(&mut chance, step, withheld);
        let Some(withheld) = withheld else {
            assert!(work.run.is_closed(&step.step.parse().unwrap()), "walk {seed}: step {} stays open", step.step);
            continue;
        };
        let left = &step.demands[withheld];
        assert!(!work.run.is_closed(&step.step.parse().unwrap()), "walk {seed}: closed without {}", left.shown);
        assert!(!work.act("ana", &json!({"intent": "close"})), "walk {seed}: closed without {}", left.shown);
        let fails = assess(&work.run, &[]).findings.iter().any(|f| f.severity == Severity::Fail);
        assert!(fails, "walk {seed}: the verifier does not miss {}", left.shown);
        return;
    }
    let sign = json!({"intent": "sign", "meaning": "approved", "subject": {"kind": "run", "id": RUN}});
    let given = closers - usize::from(place == made.len());
    holders("supervisor")[..given].iter().for_each(|who| assert!(work.act(who, &sign), "walk {seed}"));
    assert!(!work.act("ana", &sign), "walk {seed}: whoever performed approved");
    assert!(work.act("ana", &json!({"intent": "close"})), "walk {seed}");
    assert_eq!(work.run.phase(), Phase::Closed);
    let open = assess(&work.run, &[]).findings.iter().filter(|f| f.severity != Severity::Note).count();
    assert_eq!(open, closers - given, "walk {seed}");
    assert!(work.run.signatures().iter().all(|s| s.subject.kind != SubjectKind::Run || !s.stale));
}

/// The document through the real doors: no error of the linter, the package opened from its bytes.
fn plan(steps: Vec<Value>, of: &str, photos: usize, closers: usize) -> asrun::kernel::documents::package::Plan {
    let procedure = json!({
        "format": "asrun.procedure.v1", "id": "made-up", "revision": "1", "title": "Made up", "use_level": "continuous",
        "criticality": "routine", "roles": ["performer", "verifier", "supervisor", "qa", "witness"], "safe_state": "off",
        "sections": [{"id": "body", "title": "Work", "kind": "body", "steps": steps}],
    });
    let pack = json!({
        "format": "asrun.pack.v1", "id": "made-up", "version": "1", "units": [], "tags": [{"id": "V-1", "name": "Valve"}],
        "reason_codes": [{"code": "MAD-ANY", "label": "Any", "group": "EQP", "default_class": "minor"}],
    });
    let mut policy = json!({
        "format": "asrun.policy.v1", "id": "made-up", "version": "1",
        "deviations": [{"id": "R99", "when": {}, "outcome": "review"}],
        "review": {"minor": 1, "major": 1, "critical": 2, "by": ["supervisor"], "comment": "optional"},
        "closure": [{"id": "C1", "role": "supervisor", "meaning": "approved", "count": closers, "when": "either", "not": ["performer"]}],
        "identity": {"passphrase": "session", "idle_lock": "10min"}, "clock": {"max_step": "2s", "max_pause": "12h"},
    });
    if photos > 0 {
        policy["require"] = json!([{"steps": of, "evidence": "photo", "count": photos}]);
    }
    let bytes = [procedure, pack, policy].map(|document| serde_json::to_vec(&document).unwrap());
    let members =
        library::build([&bytes[0], &bytes[1], &bytes[2]], &BTreeMap::new(), &BTreeMap::new(), START.parse().unwrap());
    let plan = library::open(members.unwrap()).unwrap().plan;
    let authored = library::read_document("procedure", &bytes[0]).unwrap();
    let errors: Vec<_> = lint::lint(&authored, &plan.pack, &plan.policy, None)
        .into_iter()
        .filter(|remark| remark.code.weight() == lint::Weight::Error)
        .collect();
    assert_eq!(errors, []);
    plan
}
