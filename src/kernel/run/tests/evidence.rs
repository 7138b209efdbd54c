//! Files: what they are, whether they are whole, how old they are.

use super::*;
use crate::kernel::judgement::findings::FindingCode;

/// A file of these facts; its digest is made of `name`.
fn file(name: &str, facts: Value) -> Value {
    let blake3 = crate::kernel::canon::digest::EvidenceDigest::of(name.as_bytes());
    let plain = json!({"blake3": blake3, "sha256": FileDigest::of(name.as_bytes()), "size": 1, "media_type": "image/png",
        "damage": null, "name": name, "origin": "file", "mtime": null});
    patched(plain, &facts)
}

fn bench(kind: &str, policy: Value) -> Bench {
    let step = action("1", json!({"evidence": [{"id": "photo", "kind": kind, "prompt": "The gauge"}]}));
    let mut bench = Bench::with(json!([step]), json!({}), json!({"evidence": policy}));
    bench.begins("1");
    bench
}

fn attach(bench: &mut Bench, facts: Value) -> Result<(), Vec<GateCode>> {
    bench.says("ana", json!({"intent": "attach", "step": "1", "requirement": "photo", "file": file("a", facts)}))
}

#[test]
pub(super) fn a_file_of_another_kind_is_refused_and_goes_in_by_a_deviation_that_names_it() {
    for (kind, media_type) in [
        ("photo", "text/plain"),
        ("photo", "application/pdf"),
        ("output", "image/png"),
        ("output", "application/octet-stream"),
        ("document", "application/octet-stream"),
        ("document", "video/mp4"),
    ] {
        let mut bench = bench(kind, json!({}));
        assert_eq!(attach(&mut bench, json!({"media_type": media_type})), Err(vec![GateCode::EvidenceKind]), "{kind}");
        let extra = json!({"intent": "attach", "step": "1", "file": file("a", json!({"media_type": media_type}))});
        bench.does("ana", extra.clone());
        assert!(bench.says("ana", json!({"intent": "perform", "step": "1"})).is_err());
        let mut statement = deviation(Some("1"), "continue");
        statement["statement"]["evidence"] = json!([extra["file"]["blake3"]]);
        statement["about"] = json!("photo");
        bench.does("ana", statement);
        assert_eq!(bench.run.deviations()[0].facts.trigger, Trigger::EvidenceSubstituted);
        bench.performs("1");
    }
}

#[test]
fn a_step_that_is_done_again_asks_for_its_files_again_and_the_earlier_ones_stay() {
    let photo = json!([{"id": "photo", "kind": "photo", "prompt": "The gauge"}]);
    let step = reading(json!({"evidence": photo, "redo": {"allowed": true, "max": 1}}));
    let mut bench = Bench::new(json!([step]));
    bench.begins("1");
    bench.enters("1", "9").unwrap();
    attach(&mut bench, json!({})).unwrap();
    let asked = || Outstanding::Evidence("photo".parse().unwrap());
    assert!(!bench.run.outstanding(&"1".parse().unwrap()).contains(&asked()));
    bench.deviates(Some("1"), "redo").unwrap();
    bench.does("ana", json!({"intent": "redo", "step": "1"}));
    bench.begins("1");
    bench.enters("1", "0.1").unwrap();
    assert!(bench.run.outstanding(&"1".parse().unwrap()).contains(&asked()));
    assert!(bench.says("ana", json!({"intent": "perform", "step": "1"})).is_err());
    let second = json!({"intent": "attach", "step": "1", "requirement": "photo", "file": file("b", json!({}))});
    bench.does("ana", second);
    let attempts: Vec<u32> = bench.run.evidence().iter().map(|item| item.attempt).collect();
    assert_eq!(attempts, [1, 2]);
    bench.performs("1");
}

#[test]
fn a_file_of_the_right_kind_is_taken() {
    for (kind, media_type) in [
        ("photo", "image/heif"),
        ("output", "text/plain; charset=unknown"),
        ("output", "application/json"),
        ("document", "image/jpeg"),
        ("document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("any", "application/octet-stream"),
    ] {
        assert_eq!(
            attach(&mut bench(kind, json!({})), json!({"media_type": media_type})),
            Ok(()),
            "{kind} {media_type}"
        );
    }
}

#[test]
pub(super) fn a_damaged_file_is_refused_for_every_kind() {
    for kind in ["photo", "document", "any"] {
        let damaged = json!({"damage": "truncated"});
        assert_eq!(attach(&mut bench(kind, json!({})), damaged), Err(vec![GateCode::EvidenceWhole]), "{kind}");
    }
}

#[test]
pub(super) fn the_profile_says_what_becomes_of_an_old_file() {
    let before_run = json!({"mtime": "2026-11-21T07:59:59.999Z"});
    let blocked = [GateCode::EvidenceOlderThanRun, GateCode::EvidenceBeforeStep];
    let mut strict = bench("photo", json!({"older_than_run": "block", "before_step": "block"}));
    assert_eq!(attach(&mut strict, before_run.clone()), Err(blocked.to_vec()));
    let mut strict = bench("photo", json!({"before_step": "block"}));
    // The run was opened one second after eight, the step begun some seconds later.
    let before_step = json!({"mtime": "2026-11-21T08:00:01.500Z"});
    assert_eq!(attach(&mut strict, before_step.clone()), Err(vec![GateCode::EvidenceBeforeStep]));
    assert_eq!(attach(&mut bench("photo", json!({"older_than_run": "block"})), before_step), Ok(()));
    assert_eq!(attach(&mut bench("photo", json!({})), before_run), Ok(()));
}

#[test]
fn what_a_profile_leaves_to_a_reviewer_is_pending_until_one_accepts_the_step() {
    let doubtful = |bench: &Bench| {
        let findings = crate::kernel::judgement::closure::assess(&bench.run, &[]).findings;
        findings.iter().filter(|f| f.code == FindingCode::EvidenceDoubtful).count()
    };
    for (policy, facts) in [
        (json!({"kinds": "review"}), json!({"media_type": "text/plain"})),
        (json!({"kinds": "review"}), json!({"damage": "checksum"})),
        (json!({"older_than_run": "review"}), json!({"mtime": "2026-11-21T07:00:00.000Z"})),
        (json!({"before_step": "review"}), json!({"mtime": "2026-11-21T08:00:01.500Z"})),
    ] {
        let mut bench = bench("photo", policy);
        attach(&mut bench, facts).unwrap();
        assert_eq!(doubtful(&bench), 1);
        bench.performs("1");
        let step = json!({"kind": "step", "id": "1"});
        bench.does("mia", json!({"intent": "sign", "meaning": "approved", "subject": step}));
        assert_eq!(doubtful(&bench), 0);
    }
}
