//! Authored documents and packages: the strict YAML door, the linter, Locked Execution Packages.
//!
//! Imports the kernel alone. What passes here is typed and bounded; nobody reads YAML elsewhere.

pub mod crew;
mod kind_of;
pub mod lint;
mod notation;
mod package;
pub mod schemas;
pub mod source;
mod yaml;

pub use kind_of::{DocumentKind, kind_of};
pub use notation::{Mark, Notation};
pub use package::{Approved, MAX_PACKAGE, Members, OpenedPackage, PackageFault, approval_members, build, open};
pub use yaml::{Diagnostic, MAX_DOCUMENT, read_document, read_roster};
