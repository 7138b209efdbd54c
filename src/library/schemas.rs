//! JSON Schemas, generated from the types, from which a stranger can write a checker (FORMAT.md §2).

use crate::kernel::documents::approval::PackageApproval;
use crate::kernel::documents::pack::Pack;
use crate::kernel::documents::package::Manifest;
use crate::kernel::documents::policy::Policy;
use crate::kernel::documents::procedure::Procedure;
use crate::kernel::documents::roster::Roster;
use crate::kernel::records::archive::Archive;
use crate::kernel::records::event::Event;
use crate::kernel::records::intent::Intent;
use crate::kernel::records::receipt::{Envelope, Inventory, Statement};
use crate::kernel::records::sign_off::SignOff;
use crate::kernel::run::StateFile;
use schemars::{Schema, schema_for};

/// Returns every schema with its path under `packs/schema/`; the intents whose drive form differs are in `drive`.
#[must_use]
pub fn all() -> Vec<(String, String)> {
    let documents: [(&str, Schema); 13] = [
        ("procedure", schema_for!(Procedure)),
        ("pack", schema_for!(Pack)),
        ("policy", schema_for!(Policy)),
        ("roster", schema_for!(Roster)),
        ("package", schema_for!(Manifest)),
        ("receipt", schema_for!(Envelope)),
        ("statement", schema_for!(Statement)),
        ("manifest", schema_for!(Inventory)),
        ("state", schema_for!(StateFile)),
        ("signoff", schema_for!(SignOff)),
        ("approval", schema_for!(PackageApproval)),
        ("archive", schema_for!(Archive)),
        ("intents", schema_for!(Intent)),
    ];
    let documents = documents.into_iter().map(|(name, schema)| (format!("{name}.json"), schema));
    let records = Event::schemas().into_iter().map(|(kind, schema)| (format!("records/{kind}.json"), schema));
    documents.chain(records).map(|(path, schema)| (path, pretty(&schema))).collect()
}

fn pretty(schema: &Schema) -> String {
    // A schema is plain JSON: it cannot fail to be written.
    let text = serde_json::to_string_pretty(schema).unwrap_or_default();
    format!("{text}\n")
}
