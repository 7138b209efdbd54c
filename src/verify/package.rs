//! Stage 4: the Locked Execution Package: bytes before fields, approvals against the roster (FORMAT.md §3).

use super::VerifyError;
use super::bag::{Bag, PACKAGE};
use super::seen::Seen;
use super::trust::Trusted;
use crate::bundle::{Source, ustar};
use crate::kernel::documents::package::Plan;
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::judgement::verdict::Stage;
use crate::kernel::model::time::Timestamp;
use crate::kernel::signature::PublicKey;
use crate::library;

const MAX_MEMBERS: usize = 10_000;

/// Opens the package.
pub(super) fn open(source: &Source, bag: &Bag) -> Result<(Seen, Option<library::OpenedPackage>), VerifyError> {
    let mut seen = Seen::new(Stage::Package);
    let Some(bytes) = bag.bytes(source, PACKAGE)? else { return Ok((seen, None)) };
    let members = ustar::read_all(&bytes, MAX_MEMBERS).map_err(|fault| fault.to_string());
    let members = members.map(|list| list.into_iter().map(|(name, bytes)| (name, bytes.to_vec())).collect());
    let opened = members.and_then(|members: library::Members| library::open(members).map_err(|f| f.to_string()));
    let opened = opened.map_err(|message| seen.fail(FindingCode::PackageMalformed, "", PACKAGE, message)).ok();
    Ok((seen, opened))
}

/// Checks approvals as they stood when the run was opened.
pub(super) fn check_approvals(package: &library::OpenedPackage, trusted: &Trusted, at: Timestamp) -> Seen {
    let mut seen = Seen::new(Stage::Package);
    if let Err(fault) = package.check_in_force(trusted.roster(), at) {
        seen.fail(FindingCode::PackageUnapproved, &package.plan.manifest.id, PACKAGE, fault);
    }
    if trusted.later().is_some_and(|later| later.revoked_packages.contains(&package.plan.digest)) {
        let message = "the anchor's roster has revoked this package";
        seen.pending(FindingCode::PackageRevokedSince, &package.plan.manifest.id, PACKAGE, message);
    }
    // A stolen approver's key can sign with any date: what rests on a key revoked since is in doubt, as records are.
    let distrusted = |key: &PublicKey| trusted.is_revoked(&key.id());
    if let (false, Err(fault)) = (seen.failed(), package.check_approvals_without(trusted.roster(), at, distrusted)) {
        let message = format!("an approval is signed with a key that was revoked since; without it {fault}");
        seen.pending(FindingCode::TrustKeyRevoked, &package.plan.manifest.id, PACKAGE, message);
    }
    seen
}

/// Compares what the run was opened with.
pub(super) fn check_opened(plan: &Plan, opened: &crate::kernel::records::event::RunOpened) -> Seen {
    let mut seen = Seen::new(Stage::Package);
    let same = opened.package == plan.digest
        && opened.pack == plan.manifest.pack.sha256
        && opened.policy == plan.manifest.policy.sha256
        && opened.parameters == plan.manifest.parameters;
    if !same {
        seen.fail(
            FindingCode::PackageMismatch,
            &plan.manifest.id,
            PACKAGE,
            "not the package that the run was opened with",
        );
    }
    seen
}
