//! The document as plain text, one line after the other, for terminals, printers and screen readers.

use crate::kernel::text::escape;
use crate::telling::block::Block;
use std::fmt::Write as _;

/// Prints the document; what was corrected is written out, since plain text cannot strike through.
#[must_use]
pub(in crate::cli) fn text(page: &[Block]) -> String {
    page.iter().fold(String::new(), |mut out, block| {
        // Writing to a string cannot fail.
        let _ = match block {
            Block::Title(title) => writeln!(out, "{}", escape(title)),
            Block::Banner(banner) => writeln!(out, "*** {} ***", escape(banner)),
            Block::Heading(heading) => writeln!(out, "\n{}", escape(heading)),
            Block::Step(step) => writeln!(out, "\n  {}", escape(step)),
            Block::Field(name, value) => writeln!(out, "  {:<18} {}", escape(name), escape(value)),
            Block::Struck(name, value) => {
                writeln!(out, "  {:<18} [struck out] {}", escape(name), escape(value))
            }
            Block::Item(item) => writeln!(out, "    {}", escape(item)),
            Block::Was(was, now) => writeln!(out, "    was {}\n    now {}", escape(was), escape(now)),
        };
        out
    })
}
