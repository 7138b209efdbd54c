//! What a file seems to be, from its first bytes; never from its name.

use std::path::Path;

/// How much of a file the type is judged by.
pub(super) const LOOK: usize = 1 << 20;

/// Returns the media type of a file that begins with `head`; `whole` says that nothing follows.
pub(super) fn media_type(head: &[u8], whole: bool) -> String {
    let kind = match infer::get(head) {
        _ if is_pem(head) && is_text(head, whole) => "application/x-pem-file",
        Some(known) => known.mime_type(),
        None if !is_text(head, whole) => "application/octet-stream",
        None if whole && is_json(head) => "application/json",
        None => "text/plain",
    };
    kind.to_owned()
}

/// UTF-8 without control characters that texts do not have; a character cut at the end does not count.
pub(super) fn is_text(head: &[u8], whole: bool) -> bool {
    let clean = |text: &[u8]| !text.iter().any(|b| matches!(b, 0..=8 | 14..=26 | 28..=31));
    match std::str::from_utf8(head) {
        Ok(_) => clean(head),
        Err(error) => !whole && error.error_len().is_none() && clean(&head[..error.valid_up_to()]),
    }
}

fn is_pem(head: &[u8]) -> bool {
    let start = head.iter().take_while(|b| b.is_ascii_whitespace()).count();
    head[start..].starts_with(b"-----BEGIN ")
}

fn is_json(head: &[u8]) -> bool {
    let first = head.iter().find(|b| !b.is_ascii_whitespace());
    matches!(first, Some(b'{' | b'[')) && serde_json::from_slice::<serde::de::IgnoredAny>(head).is_ok()
}

/// Returns a file name fit for display and for the record: no folders, no control, bidi or zero-width
/// characters, at most 255 characters.
pub(super) fn display_name(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let clean: String = name.chars().take(255).map(|c| if is_hidden(c) { '_' } else { c }).collect();
    if clean.is_empty() { "unnamed".into() } else { clean }
}

pub(super) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '/' | '\\' | '\u{ad}' | '\u{61c}' | '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_come_from_bytes_not_from_names() {
        assert_eq!(media_type(b"\x89PNG\r\n\x1a\n....", true), "image/png");
        assert_eq!(media_type(b"\xff\xd8\xff\xe0 JFIF", true), "image/jpeg");
        assert_eq!(media_type(b"%PDF-1.7", true), "application/pdf");
        assert_eq!(media_type(b" {\"a\": 1}\n", true), "application/json");
        assert_eq!(media_type(b"{not json", true), "text/plain");
        assert_eq!(media_type(b"-----BEGIN CERTIFICATE-----\nMII", true), "application/x-pem-file");
        assert_eq!(media_type("Druck 0,35 bar ü".as_bytes(), true), "text/plain");
        assert_eq!(media_type(&[0, 1, 2, 3], true), "application/octet-stream");
        assert_eq!(media_type(&"ü".as_bytes()[..1], true), "application/octet-stream");
        assert_eq!(media_type(&"aü".as_bytes()[..2], false), "text/plain");
    }

    #[test]
    fn display_names_hide_nothing() {
        assert_eq!(display_name(Path::new("/x/photo 1.jpg")), "photo 1.jpg");
        assert_eq!(display_name(Path::new("/x/gpj\u{202e}.exe\u{7}")), "gpj_.exe_");
        assert_eq!(display_name(Path::new(&"a".repeat(300))).len(), 255);
        assert_eq!(display_name(Path::new("..")), "unnamed");
    }
}
