//! What a file picker shows of a file before it is taken: nothing is stored, little is read.

use crate::kernel::media::{is_text, media_type};
use crate::kernel::model::time::Timestamp;
use crate::store::error::CaptureError;
use crate::store::evidence::modified;
use crate::store::intake::open_source;
use crate::store::screening::sniff::display_name;
use std::io::Read as _;
use std::path::Path;

/// How much of a file is looked at.
const LOOK: u64 = 64 << 10;
/// How many lines of a text are shown, and how many characters of each.
const LINES: usize = 12;
const COLUMNS: usize = 200;

/// What can be said of a file at a glance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Name for display.
    pub name: String,
    /// Size in bytes.
    pub size: u64,
    /// What its first bytes look like.
    pub media_type: String,
    /// Width and height of a picture.
    pub pixels: Option<(usize, usize)>,
    /// When it was last changed, as its file system says.
    pub mtime: Option<Timestamp>,
    /// The first lines of a text, with control and invisible characters as codes.
    pub preview: Vec<String>,
    /// The kind of secret that would stop the capture, if its first bytes show one.
    pub secret: Option<&'static str>,
}

/// Looks at the beginning of a file.
///
/// # Errors
/// Not a regular file, or unreadable.
pub fn facts(path: &Path) -> Result<Facts, CaptureError> {
    let (file, metadata) = open_source(path)?;
    let mut head = Vec::new();
    let read = file.take(LOOK).read_to_end(&mut head);
    read.map_err(|source| CaptureError::Unreadable { path: path.to_owned(), source })?;
    let whole = head.len() as u64 == metadata.len();
    let media_type = media_type(&head, whole);
    let picture = media_type.starts_with("image/");
    let pixels = picture.then(|| imagesize::blob_size(&head).ok().map(|size| (size.width, size.height))).flatten();
    let secret = crate::store::screening::secrets::scan(&head);
    // A secret is not put on a screen either.
    let preview = if is_text(&head, whole) && secret.is_none() { preview(&head) } else { Vec::new() };
    let mtime = modified(&metadata);
    Ok(Facts { name: display_name(path), size: metadata.len(), media_type, pixels, mtime, preview, secret })
}

fn preview(head: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(head);
    text.lines().take(LINES).map(|line| line.chars().take(COLUMNS).map(shown).collect()).collect()
}

/// A character, or its code where a terminal would obey it or an eye would miss it.
fn shown(c: char) -> String {
    match c {
        '\t' => "    ".into(),
        c if crate::store::screening::sniff::is_hidden(c) && !matches!(c, '/' | '\\') => {
            format!("<U+{:04X}>", u32::from(c))
        }
        c => c.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_shows_size_type_and_escaped_lines() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.txt");
        std::fs::write(&path, "one\tx\n\u{1b}[31mred\u{202e}\n").unwrap();
        let facts = facts(&path).unwrap();
        assert_eq!((facts.size, facts.pixels, facts.secret), (18, None, None));
        assert!(facts.mtime.is_some());
        assert_eq!(facts.preview[0], "one    x");
        assert_eq!(facts.preview.get(1).map(String::as_str), Some("<U+001B>[31mred<U+202E>"));
    }

    #[test]
    fn a_picture_tells_its_dimensions() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p");
        let png = [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], &[0, 0, 1, 0, 0, 0, 0, 0x80], &[8, 2, 0, 0, 0]].concat();
        std::fs::write(&path, png).unwrap();
        assert_eq!(facts(&path).unwrap().pixels, Some((256, 128)));
    }

    #[test]
    fn a_key_is_never_previewed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("id");
        std::fs::write(&path, "PuTTY-User-Key-File-2: ssh-rsa\n").unwrap();
        let facts = facts(&path).unwrap();
        assert!(facts.secret.is_some() && facts.preview.is_empty());
    }
}
