//! Text in cells: cut and wrapped.

/// Cuts a text to a number of cells.
#[must_use]
pub fn cut(text: &str, width: usize) -> String {
    use unicode_width::UnicodeWidthChar as _;
    let mut used = 0;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= width
    };
    text.chars().take_while(fits).collect()
}

/// Breaks a text into lines of at most `width` cells, at spaces where there are some.
#[must_use]
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    use unicode_width::UnicodeWidthStr as _;
    let mut lines = vec![String::new()];
    for paragraph in text.split('\n') {
        if lines.last().is_some_and(|l| !l.is_empty()) {
            lines.push(String::new());
        }
        for word in paragraph.split_inclusive(' ') {
            let mut rest = word.to_owned();
            while !rest.is_empty() {
                let used = lines.last().map_or(0, |l| l.width());
                if used + rest.trim_end().width() <= width {
                    if let Some(line) = lines.last_mut() {
                        line.push_str(&rest);
                    }
                    break;
                }
                if used == 0 {
                    let part = cut(&rest, width.max(1));
                    let length = part.len().max(rest.chars().next().map_or(1, char::len_utf8));
                    lines.pop();
                    lines.push(rest[..length].to_owned());
                    rest = rest[length..].to_owned();
                }
                lines.push(String::new());
            }
        }
    }
    if lines.len() > 1 && lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines.into_iter().map(|l| l.trim_end().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_and_wide_characters_are_wrapped_inside_the_width() {
        use unicode_width::UnicodeWidthStr as _;
        for text in [
            "a very long line of words that must be broken",
            "Donaudampfschifffahrtsgesellschaft",
            "漢字漢字漢字漢字漢字",
        ] {
            assert!(wrap(text, 10).iter().all(|l| l.width() <= 10), "{:?}", wrap(text, 10));
        }
    }
}
