//! Other receipts of one run: whose second one sinks the first, and whose is only noted.

use super::attacks::Built;
use super::forge::{Files, RUN, seal_of, sign_receipt};
use super::made::Made as _;
use super::{approve, good};
use crate::kernel::canon;
use crate::kernel::canon::digest::FileDigest;
use crate::kernel::judgement::derived::{predicate, statement};
use crate::kernel::run::Run;
use serde_json::{Value, json};

/// Builds a bundle with another receipt beside it.
pub(super) fn build(attack: &str) -> Option<Built> {
    let (forge, mut files) = good();
    let run = &forge.run;
    let receipt = match attack {
        "closer-forks-the-seal" => other(&files, run, "ada", "ada", json!({})),
        "closer-forks-the-head" => {
            let head = format!("sha256:{}", "44".repeat(32));
            other(&files, run, "ada", "ada", json!({"journal": {"head": head, "records": run.seq()}}))
        }
        "reviewer-forks-with-a-receipt" => other(&files, run, "dee", "dee", json!({})),
        "bystander-forks-with-a-receipt" => other(&files, run, "eve", "eve", json!({})),
        "stranger-forks-with-a-receipt" => other(&files, run, "ada", "stranger", json!({})),
        "fork-signed-by-another" => other(&files, run, "ada", "dee", json!({})),
        "fork-signed-after-the-key-ended" => {
            other(&files, run, "ada", "ada", json!({"closed": "2027-03-01T00:00:00.000Z"}))
        }
        "fork-of-another-run" => other(&files, run, "ada", "ada", json!({"run": "01JDZ3Q4M5N6P7R8S9T0V1W2X4"})),
        "fork-is-this-receipt" => files["receipt.json"].clone(),
        "fork-malformed" => b"{}".to_vec(),
        "fork-under-another-file-name" => {
            let receipt = other(&files, run, "ada", "ada", json!({}));
            files.insert(format!("forks/{}.receipt.json", "55".repeat(32)), receipt);
            return Some((files, None));
        }
        "fork-removed-again" => {
            files.retain(|name, _| !name.starts_with("signoffs/"));
            approve(&mut files, &forge);
            return Some((files, None));
        }
        _ => return None,
    };
    files.insert(format!("forks/{}.receipt.json", FileDigest::of(&receipt).hex()), receipt);
    assert_eq!(run.id().as_str(), RUN);
    Some((files, None))
}

/// A receipt over another tag manifest, closed by one person and signed by one, with some fields changed.
fn other(files: &Files, run: &Run, closer: &str, signer: &str, change: Value) -> Vec<u8> {
    let mut copy = files.clone();
    copy.insert("tagmanifest-sha256.txt".into(), b"another tag manifest\n".to_vec());
    let state = FileDigest::of(&files["data/state.json"]);
    let mut claim = serde_json::to_value(predicate(run, state).made()).made();
    claim["closed_by"] = closer.into();
    for (field, value) in change.as_object().made() {
        claim[field] = value.clone();
    }
    let claim = serde_json::from_value(claim).made();
    let payload = canon::encode(&statement(claim, seal_of(&copy))).made();
    sign_receipt(&mut copy, &payload, signer);
    copy.remove("receipt.json").made()
}
