//! The receipt and the derived files, sealed again by whoever closed the run.

use super::{Built, OTHER, resealed, worked};
use crate::kernel::canon::{self, base64};
use crate::vectors::forge::{Files, PHOTO, RUN, evidence_path, sign_receipt};
use crate::vectors::made::Made as _;
use crate::vectors::site::Site;
use crate::vectors::{approve, good};
use serde_json::{Value, json};

fn receipt_value(files: &Files) -> (Value, Value) {
    let receipt: Value = serde_json::from_slice(&files["receipt.json"]).made();
    let payload = base64::decode(receipt["payload"].as_str().made()).made();
    (receipt, serde_json::from_slice(&payload).made())
}

pub(super) fn build(attack: &str) -> Option<Built> {
    let (forge, mut files) = good();
    let (mut envelope, mut statement) = receipt_value(&files);
    let encoded = |value: &Value| canon::encode(value).made();
    match attack {
        "receipt-signed-by-another" => sign_receipt(&mut files, &encoded(&statement), "ben"),
        "receipt-signed-by-a-stranger" => sign_receipt(&mut files, &encoded(&statement), "stranger"),
        "receipt-signed-over-something-else" => {
            let mut other = files.clone();
            sign_receipt(&mut other, b"something else", "ada");
            let signed: Value = serde_json::from_slice(&other["receipt.json"]).made();
            envelope["signatures"] = signed["signatures"].clone();
            files.insert("receipt.json".into(), encoded(&envelope));
        }
        "receipt-with-two-signatures" => {
            let first = envelope["signatures"][0].clone();
            envelope["signatures"].as_array_mut().made().push(first);
            files.insert("receipt.json".into(), encoded(&envelope));
        }
        "receipt-without-signature" => {
            envelope["signatures"] = json!([]);
            files.insert("receipt.json".into(), encoded(&envelope));
        }
        "receipt-of-another-type" => {
            envelope["payloadType"] = json!("application/vnd.asrun.record.v1+json");
            files.insert("receipt.json".into(), encoded(&envelope));
        }
        "receipt-with-an-extra-member" => {
            envelope["note"] = json!("x");
            files.insert("receipt.json".into(), encoded(&envelope));
        }
        "receipt-in-another-spelling" => {
            files.insert("receipt.json".into(), serde_json::to_vec_pretty(&envelope).made());
        }
        "receipt-of-another-predicate-type" => {
            statement["predicateType"] = json!("urn:asrun:run:v2");
            sign_receipt(&mut files, &encoded(&statement), "ada");
        }
        "receipt-over-another-file" => {
            statement["subject"][0]["name"] = json!("manifest-sha256.txt");
            sign_receipt(&mut files, &encoded(&statement), "ada");
        }
        "receipt-of-another-seal" => {
            statement["subject"][0]["digest"]["sha256"] = json!("00".repeat(32));
            sign_receipt(&mut files, &encoded(&statement), "ada");
        }
        "receipt-of-another-run" => {
            let mut other = worked(Site::new(), "live", OTHER);
            other.close();
            files.insert("receipt.json".into(), other.sealed()["receipt.json"].clone());
        }
        "training-run-claimed-live" => {
            let mut forge = worked(Site::new(), "training", RUN);
            forge.close();
            let mut files = forge.sealed();
            let (_, mut statement) = receipt_value(&files);
            statement["predicate"]["mode"] = json!("live");
            sign_receipt(&mut files, &encoded(&statement), "ada");
            approve(&mut files, &forge);
            return Some((files, None));
        }
        "inventory-without-the-evidence" => {
            let mut inventory: Value = serde_json::from_slice(&files["data/manifest.json"]).made();
            inventory["artifacts"].as_array_mut().made().remove(0);
            files.insert("data/manifest.json".into(), encoded(&inventory));
            resealed(&mut files, &forge);
        }
        "state-without-the-deviation" => {
            let mut state: Value = serde_json::from_slice(&files["data/state.json"]).made();
            state["deviations"] = json!([]);
            files.insert("data/state.json".into(), encoded(&state));
            resealed(&mut files, &forge);
        }
        "state-in-another-spelling" => {
            let state: Value = serde_json::from_slice(&files["data/state.json"]).made();
            files.insert("data/state.json".into(), serde_json::to_vec_pretty(&state).made());
            resealed(&mut files, &forge);
        }
        "evidence-exchanged" => {
            files.insert(evidence_path(PHOTO), b"another photo".to_vec());
            resealed(&mut files, &forge);
        }
        "evidence-removed" => {
            files.remove(&evidence_path(PHOTO));
            resealed(&mut files, &forge);
        }
        "evidence-that-nobody-named" => {
            files.insert(evidence_path(b"smuggled"), b"smuggled".to_vec());
            resealed(&mut files, &forge);
        }
        "file-that-the-format-does-not-name" => {
            files.insert("data/extra.txt".into(), b"x".to_vec());
            resealed(&mut files, &forge);
        }
        _ => return None,
    }
    Some((files, None))
}
