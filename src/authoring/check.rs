//! Checking authored documents: the YAML door, then the linter, with the source line of each remark.

use crate::kernel::documents::pack::Pack;
use crate::kernel::documents::policy::Policy;
use crate::kernel::documents::procedure::Procedure;
use crate::kernel::documents::roster::Roster;
use crate::library::lint::{self, Code, Document, Weight};
use crate::library::source::Tree;
use crate::library::{Diagnostic, DocumentKind, MAX_DOCUMENT, Mark, Notation, kind_of, read_document, read_roster};
use crate::store::{WholeError, read_whole};
use std::path::{Path, PathBuf};

/// One remark with its place and source line.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Remark {
    /// How much it weighs.
    pub weight: Weight,
    /// What and where.
    #[serde(flatten)]
    pub diagnostic: Diagnostic,
    /// The line of the document.
    pub source: String,
}

/// A document as it was read.
#[derive(Clone, Debug)]
pub struct Read {
    /// Its file.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Reads a document, bounded.
///
/// # Errors
/// A file that cannot be read or is larger than a document may be.
pub fn read(path: &Path) -> Result<Read, WholeError> {
    let bytes = read_whole(path, "the document", MAX_DOCUMENT as u64)?;
    Ok(Read { path: path.to_owned(), bytes })
}

impl Read {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn line(&self, number: u64) -> String {
        let text = String::from_utf8_lossy(&self.bytes);
        let index = usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
        text.lines().nth(index).unwrap_or_default().chars().take(160).collect()
    }

    fn remark(&self, diagnostic: Diagnostic) -> Remark {
        Remark { weight: Weight::Error, source: self.line(diagnostic.line), diagnostic }
    }

    /// Reads the document as what it should be.
    ///
    /// # Errors
    /// The first thing that is wrong with it, as a remark.
    pub fn parse<T: serde::de::DeserializeOwned>(&self) -> Result<T, Box<Remark>> {
        read_document(&self.name(), &self.bytes).map_err(|d| Box::new(self.remark(d)))
    }

    fn tree(&self) -> Option<Tree> {
        std::str::from_utf8(&self.bytes).ok().and_then(Tree::read)
    }

    /// Words that stand behind ` #` and so are dropped.
    fn lost(&self) -> Vec<Remark> {
        let text = String::from_utf8_lossy(&self.bytes);
        let code = Code::YamlLost;
        let remark = |mark: Mark| {
            let message = format!("`{}` is dropped", mark.text);
            let (name, hint) = (code.name(), code.hint().to_owned());
            let diagnostic =
                Diagnostic { code: name, file: self.name(), line: mark.line, column: mark.column, message, hint };
            Remark { weight: code.weight(), source: self.line(mark.line), diagnostic }
        };
        Notation::read(&text).lost.into_iter().map(remark).collect()
    }

    /// Turns what the linter said of this document into remarks with places.
    fn place(&self, said: Vec<lint::Remark>) -> Vec<Remark> {
        let tree = self.tree();
        let place = |remark: lint::Remark| {
            let (line, column) = tree.as_ref().map_or((0, 0), |t| t.place(&remark.path));
            let (code, hint) = (remark.code.name(), remark.code.hint().to_owned());
            let diagnostic = Diagnostic { code, file: self.name(), line, column, message: remark.message, hint };
            Remark { weight: remark.code.weight(), source: self.line(line), diagnostic }
        };
        let mut remarks: Vec<Remark> = said.into_iter().map(place).chain(self.lost()).collect();
        remarks.sort_by_key(|r| (r.diagnostic.line, r.diagnostic.column, r.diagnostic.code));
        remarks
    }
}

/// Checks a procedure with its pack and policy; a document that cannot be read at all is the only remark about itself.
#[must_use]
pub fn check(procedure: &Read, pack: &Read, policy: &Read, roster: Option<&Roster>) -> Vec<Remark> {
    let (p, k, q) = (procedure.parse::<Procedure>(), pack.parse::<Pack>(), policy.parse::<Policy>());
    let (Ok(p), Ok(k), Ok(q)) = (&p, &k, &q) else {
        return [p.err(), k.err(), q.err()].into_iter().flatten().map(|r| *r).collect();
    };
    let mut said = lint::lint(p, k, q, roster);
    said.extend(lint::lint_references(p, &crate::authoring::lock::attached(&procedure.path)));
    let of = |document| said.iter().filter(|r| r.document == document).cloned().collect();
    let mut remarks = procedure.place(of(Document::Procedure));
    remarks.extend(pack.place(of(Document::Pack)));
    remarks.extend(policy.place(of(Document::Policy)));
    remarks
}

/// Checks a pack, profile or roster alone.
#[must_use]
pub fn check_alone(read: &Read) -> Vec<Remark> {
    let outcome = match kind_of(&read.bytes) {
        Some(DocumentKind::Policy) => read.parse::<Policy>().map(|policy| read.place(lint::lint_policy(&policy))),
        Some(DocumentKind::Roster) => roster(read).map(|_| read.lost()),
        Some(DocumentKind::Procedure) => read.parse::<Procedure>().map(|_| read.lost()),
        Some(DocumentKind::Pack) | None => read.parse::<Pack>().map(|pack| read.place(lint::lint_pack(&pack))),
    };
    outcome.unwrap_or_else(|remark| vec![*remark])
}

/// Reads a roster that is named beside a procedure; nobody asks here who signed it.
///
/// # Errors
/// What is wrong with it, as a remark.
pub fn roster(read: &Read) -> Result<Roster, Box<Remark>> {
    read_roster(&read.name(), &read.bytes).map_err(|d| Box::new(read.remark(d)))
}
