//! The sheets of a package: what steps refer to, and how to get a copy to look at.

use crate::bundle::{OpenError, ReadError, Source};
use crate::kernel::canon::digest::FileDigest;
use crate::kernel::model::name::StepId;
use crate::library::{MAX_PACKAGE, OpenedPackage, PackageFault};
use crate::store::{Disk, WholeError, read_whole};
use std::io;
use std::path::{Path, PathBuf};

const PACKAGE: &str = "data/package.lep";
const FOLDER: &str = "attachments/";

/// Why no sheet is shown.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// There is nothing to read.
    #[error("the package is not read")]
    File(#[from] WholeError),
    /// It is no bundle.
    #[error("cannot open it")]
    Open(#[from] OpenError),
    /// The bundle holds no package that can be read.
    #[error("the package in the bundle is not read")]
    Read(#[from] ReadError),
    /// The package is refused.
    #[error("the package is refused")]
    Package(#[from] PackageFault),
    /// There is no such sheet.
    #[error("the package has no sheet `{0}`")]
    Unknown(String),
    /// The copy cannot be written.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// Where to.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
}

/// One sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Its name under `attachments/`.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Digest of its bytes, as the package names it.
    pub sha256: FileDigest,
    /// The steps that refer to it.
    pub steps: Vec<StepId>,
}

/// Reads the package of a `.lep` file, of a bundle or of a run's folder.
///
/// # Errors
/// No package can be read there, or it is refused.
pub fn package(path: &Path) -> Result<OpenedPackage, SheetError> {
    let bytes = match path {
        folder if folder.is_dir() => read_whole(&folder.join(PACKAGE), "the package", MAX_PACKAGE)?,
        proof if proof.extension().is_some_and(|e| e == "proof") => Source::open(proof)?.read(PACKAGE, MAX_PACKAGE)?,
        lep => read_whole(lep, "the package", MAX_PACKAGE)?,
    };
    crate::authoring::lock::open(&bytes).map_err(|error| match error {
        crate::authoring::lock::LockError::Package(fault) => fault.into(),
        other => PackageFault::Archive(other.to_string()).into(),
    })
}

/// Lists the sheets of a package.
#[must_use]
pub fn sheets(package: &OpenedPackage) -> Vec<Sheet> {
    let sheet = |attachment: &crate::kernel::documents::package::Attachment| {
        let name = attachment.path.strip_prefix(FOLDER).unwrap_or(&attachment.path).to_owned();
        let refers = |r: &crate::kernel::documents::step::Reference| r.attachment.as_ref() == Some(&name);
        let steps = package.plan.procedure.steps().filter(|s| s.references.iter().any(refers));
        let steps = steps.map(|s| s.id.clone()).collect();
        Sheet { size: attachment.size, sha256: attachment.sha256, steps, name }
    };
    package.plan.manifest.attachments.iter().map(sheet).collect()
}

/// Returns the bytes of a sheet.
///
/// # Errors
/// The package has no sheet of this name.
pub fn bytes<'a>(package: &'a OpenedPackage, name: &str) -> Result<&'a [u8], SheetError> {
    let found = package.attachments.get(&format!("{FOLDER}{name}"));
    found.map(Vec::as_slice).ok_or_else(|| SheetError::Unknown(name.to_owned()))
}

/// Writes a copy that nobody writes to by accident, never over another file.
///
/// # Errors
/// A file that is there, or what the system says.
pub fn copy(bytes: &[u8], path: &Path) -> Result<(), SheetError> {
    let failed = |source| SheetError::Write { path: path.to_owned(), source };
    Disk::new().write_copy(path, bytes).map_err(failed)
}
