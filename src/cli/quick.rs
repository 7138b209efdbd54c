//! `asrun verify --quick`: files against their lists, records by their links. No verdict, and no exit status that one
//! could be taken for: 3 where nothing was found, 1 where something is broken.

use super::many::Asked;
use super::output::{CliError, Exit};
use crate::bundle::Source;
use crate::kernel::text::{counted, escape};
use crate::verify::{self, Quick};
use rayon::prelude::*;
use std::path::Path;

/// Looks at each bundle on all cores and tells in order.
pub(super) fn quickly(asked: &[Asked], json: bool) -> Exit {
    let found: Vec<_> = asked.par_iter().map(|bundle| look(&bundle.path)).collect();
    let mut worst = Exit::Provisional;
    for (bundle, found) in asked.iter().zip(found) {
        match found {
            Ok(quick) => {
                say_on!("{}", told(&quick, &bundle.path, json));
                worst = worst.worse(if quick.findings.is_empty() { Exit::Provisional } else { Exit::Fail });
            }
            Err(error) => {
                error.tell(json);
                worst = worst.worse(error.exit);
            }
        }
    }
    worst
}

fn look(bundle: &Path) -> Result<Quick, CliError> {
    let hint = "`asrun seal RUN` seals a run, `asrun doctor` checks the installation";
    let source = Source::open(bundle).map_err(|error| CliError::of(Exit::CouldNotLook, &error, hint))?;
    verify::quick(&source).map_err(|error| CliError::of(Exit::CouldNotLook, &error, "look again"))
}

fn told(quick: &Quick, bundle: &Path, json: bool) -> String {
    let Quick { findings, records, files, bytes } = quick;
    let bundle = bundle.display().to_string();
    if json {
        let value = serde_json::json!({
            "bundle": bundle, "bytes": bytes, "files": files, "findings": findings, "quick": true, "records": records,
            "verdict": null,
        });
        return format!("{value}\n");
    }
    let (records, files) = (counted(*records, "record", "records"), counted(*files, "file", "files"));
    let head = match findings.is_empty() {
        true => "nothing broken was found",
        false => "broken",
    };
    let mut out = format!("No verdict: {}: {head}; {records} linked, {files} read\n", escape(&bundle));
    for finding in findings {
        out += &format!("  {}\n", escape(&finding.in_a_line()));
    }
    out + "Signatures, trust, decisions and policy were not asked; `asrun verify` without --quick gives the verdict.\n"
}
