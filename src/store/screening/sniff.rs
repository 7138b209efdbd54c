//! What a file is called in the record.

use std::path::Path;

/// Returns a file name fit for display and for the record: no folders, no control, bidi or zero-width
/// characters, at most 255 characters.
pub(in crate::store) fn display_name(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let clean: String = name.chars().take(255).map(|c| if is_hidden(c) { '_' } else { c }).collect();
    if clean.is_empty() { "unnamed".into() } else { clean }
}

pub(in crate::store) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '/' | '\\' | '\u{ad}' | '\u{61c}' | '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_names_hide_nothing() {
        assert_eq!(display_name(Path::new("/x/photo 1.jpg")), "photo 1.jpg");
        assert_eq!(display_name(Path::new("/x/gpj\u{202e}.exe\u{7}")), "gpj_.exe_");
        assert_eq!(display_name(Path::new(&"a".repeat(300))).len(), 255);
        assert_eq!(display_name(Path::new("..")), "unnamed");
    }
}
