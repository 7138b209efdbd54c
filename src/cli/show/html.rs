//! The document as one HTML page without scripts, fonts or links: it prints as it reads.

use crate::kernel::text::escape;
use crate::telling::block::Block;
use std::fmt::Write as _;

const STYLE: &str = "body{font:14px/1.5 sans-serif;max-width:50em;margin:2em auto;padding:0 1em}\
h1{font-size:1.5em}h2{font-size:1.2em;border-bottom:1px solid;margin-top:2em}h3{font-size:1em;margin:1.2em 0 .2em}\
p{margin:.2em 0}.banner{border:2px solid;padding:.3em 1em;font-weight:bold;text-align:center}\
@media print{h3{break-after:avoid}p{break-inside:avoid}}";

/// Prints the document. A corrected entry stays readable under its line.
#[must_use]
pub(super) fn html(page: &[Block]) -> String {
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>as-run record</title>\
         <style>{STYLE}</style></head><body>\n"
    );
    for block in page {
        // Writing to a string cannot fail.
        let _ = match block {
            Block::Title(title) => writeln!(out, "<h1>{}</h1>", safe(title)),
            Block::Banner(banner) => writeln!(out, "<p class=\"banner\">{}</p>", safe(banner)),
            Block::Heading(heading) => writeln!(out, "<h2>{}</h2>", safe(heading)),
            Block::Step(step) => writeln!(out, "<h3>{}</h3>", safe(step)),
            Block::Field(name, value) => writeln!(out, "<p><b>{}</b> {}</p>", safe(name), safe(value)),
            Block::Struck(name, value) => writeln!(out, "<p><b>{}</b> <del>{}</del></p>", safe(name), safe(value)),
            Block::Item(item) => writeln!(out, "<p>{}</p>", safe(item)),
            Block::Was(was, now) => {
                writeln!(out, "<p>was <del>{}</del><br>now <ins>{}</ins></p>", safe(was), safe(now))
            }
        };
    }
    out + "</body></html>\n"
}

/// Untrusted text in a page: first what deceives the eye, then what a browser would obey.
fn safe(text: &str) -> String {
    escape(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_a_bundle_is_never_markup() {
        let page = html(&[Block::Title("<script>\u{202e}\"&".into())]);
        assert!(page.contains("<h1>&lt;script&gt;&lt;U+202E&gt;&quot;&amp;</h1>"), "{page}");
    }

    #[test]
    fn a_correction_shows_what_it_was_and_what_it_is() {
        let page = html(&[Block::Was("0.35".into(), "0.15".into())]);
        assert!(page.contains("was <del>0.35</del><br>now <ins>0.15</ins>"));
    }
}
