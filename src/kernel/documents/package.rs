//! The manifest of a Locked Execution Package (FORMAT.md §3).

use crate::kernel::canon::digest::{FileDigest, PackageDigest};
use crate::kernel::documents::pack::Pack;
use crate::kernel::documents::policy::{Approval, Policy};
use crate::kernel::documents::procedure::Procedure;
use crate::kernel::model::input::{EntryVerdict, Input, NotAnEntry};
use crate::kernel::model::name::{Identifier, Variable};
use crate::kernel::model::time::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The format line of a package manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum PackageFormat {
    /// The only version.
    #[serde(rename = "asrun.package.v1")]
    V1,
}

/// `package.json`: canonical; its SHA-256 is the package digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// How many approvals the policy adds to the roster's demand.
    pub approvals_required: Vec<Approval>,
    /// Files beside the three documents, sorted by path.
    pub attachments: Vec<Attachment>,
    /// After this moment no run may be opened.
    pub expires: Option<Timestamp>,
    /// Always `asrun.package.v1`.
    pub format: PackageFormat,
    /// The procedure's id.
    pub id: Identifier,
    /// When it was locked.
    pub locked_at: Timestamp,
    /// The domain pack.
    pub pack: Document,
    /// Site values.
    pub parameters: BTreeMap<Variable, String>,
    /// The policy profile.
    pub policy: Document,
    /// The procedure.
    pub procedure: Document,
    /// The procedure's revision.
    pub revision: Identifier,
    /// Revision that this one replaces.
    pub supersedes: Option<Identifier>,
    /// The procedure's title.
    pub title: String,
}

/// One of the three documents, byte for byte as authored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Its id.
    pub id: Identifier,
    /// Digest of its bytes.
    pub sha256: FileDigest,
    /// Its length in bytes.
    pub size: u64,
    /// Its version or revision.
    pub version: Identifier,
}

/// A file that travels with the procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// Path in the archive, under `attachments/`.
    pub path: String,
    /// Digest of its bytes.
    pub sha256: FileDigest,
    /// Its length in bytes.
    pub size: u64,
}

/// Everything that a run executes: an opened package, read and checked.
///
/// The kernel takes it as given; only `library::package` makes one from bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Digest of the manifest.
    pub digest: PackageDigest,
    /// The manifest.
    pub manifest: Manifest,
    /// The procedure, under the profile.
    pub procedure: Procedure,
    /// The domain pack.
    pub pack: Pack,
    /// The policy profile.
    pub policy: Policy,
}

impl Plan {
    /// Joins the documents to what is executed: the procedure with everything that the profile demands of its steps.
    #[must_use]
    pub fn new(digest: PackageDigest, manifest: Manifest, procedure: Procedure, pack: Pack, policy: Policy) -> Self {
        Self { digest, manifest, procedure: procedure.under(&policy), pack, policy }
    }

    /// Returns what must be shown on every screen and report.
    #[must_use]
    pub fn banner(&self) -> Option<&str> {
        self.procedure.banner.as_deref().or(self.pack.banner.as_deref())
    }

    /// Returns an authored text with `{parameter}` replaced by its value.
    #[must_use]
    pub fn text(&self, authored: &str) -> String {
        self.manifest
            .parameters
            .iter()
            .fold(authored.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    /// Reads what was typed for an input, in its unit, and holds it against the limits (see [`Input::judge`]).
    ///
    /// # Errors
    /// When the text is no value of this type, or in a unit that does not convert.
    pub fn judge(
        &self,
        input: &Input,
        raw: &str,
        expected: Option<&str>,
        repeats: &dyn Fn(&str) -> bool,
    ) -> Result<(String, EntryVerdict), NotAnEntry> {
        let text = self.pack.in_unit_of(input, raw, &self.manifest.parameters)?;
        input.judge(&text, &self.manifest.parameters, expected, repeats)
    }

    /// Returns profile and version, such as `safety-2`.
    #[must_use]
    pub fn profile(&self) -> String {
        format!("{}-{}", self.policy.id, self.policy.version)
    }
}
