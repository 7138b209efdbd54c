//! The parts of a document, whoever prints them.

/// A part of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// The head of the document.
    Title(String),
    /// What must stand above everything, such as a warning that this is a demonstration.
    Banner(String),
    /// The head of a part.
    Heading(String),
    /// A step.
    Step(String),
    /// A name and what it is.
    Field(String, String),
    /// A line.
    Item(String),
    /// A name and what it is, struck out: a later one stands in its place.
    Struck(String, String),
    /// An entry that was corrected: what it was, what it is now.
    Was(String, String),
}
