//! Names in containers: safe on every system that may unpack a bundle (FORMAT.md §1).

use std::collections::BTreeMap;

/// The longest name, as ustar's name field has it.
pub const MAX_NAME: usize = 100;

/// What is wrong with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// Nothing, or nothing between two slashes.
    #[error("an empty part")]
    Empty,
    /// Over 100 bytes.
    #[error("longer than 100 bytes")]
    TooLong,
    /// `.` or `..`.
    #[error("a part that means another folder")]
    Relative,
    /// Something else than letters, digits, dot, underscore and hyphen.
    #[error("a character outside A-Z a-z 0-9 . _ -")]
    Character,
    /// Windows drops a trailing dot.
    #[error("a part that ends with a dot")]
    TrailingDot,
    /// A device on Windows, such as `con` or `nul.txt`.
    #[error("a device name")]
    Device,
}

/// Checks a name: relative, `/` only, each part plain.
///
/// # Errors
/// The first fault.
pub fn check(name: &str) -> Result<(), NameFault> {
    if name.len() > MAX_NAME {
        return Err(NameFault::TooLong);
    }
    name.split('/').try_for_each(segment)
}

fn segment(segment: &str) -> Result<(), NameFault> {
    match segment {
        "" => Err(NameFault::Empty),
        "." | ".." => Err(NameFault::Relative),
        _ if !segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)) => Err(NameFault::Character),
        _ if segment.ends_with('.') => Err(NameFault::TrailingDot),
        _ if is_device(segment) => Err(NameFault::Device),
        _ => Ok(()),
    }
}

fn is_device(segment: &str) -> bool {
    let stem = segment.split('.').next().unwrap_or_default().to_ascii_lowercase();
    match stem.as_bytes() {
        b"con" | b"prn" | b"aux" | b"nul" => true,
        [b'c', b'o', b'm', digit] | [b'l', b'p', b't', digit] => digit.is_ascii_digit(),
        _ => false,
    }
}

/// The names seen so far, as a file system that ignores case sees them.
#[derive(Debug, Default)]
pub struct NameSet {
    folded: BTreeMap<String, String>,
}

impl NameSet {
    /// Says whether this very name was added.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.folded.get(&name.to_ascii_lowercase()).is_some_and(|taken| taken == name)
    }

    /// Adds a name, or returns the earlier one that it clashes with (perhaps itself).
    pub fn insert(&mut self, name: &str) -> Option<&str> {
        use std::collections::btree_map::Entry;
        match self.folded.entry(name.to_ascii_lowercase()) {
            Entry::Vacant(free) => {
                free.insert(name.to_owned());
                None
            }
            Entry::Occupied(taken) => Some(taken.into_mut()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_relative_names_pass() {
        for name in ["bagit.txt", "data/evidence/0f", "signoffs/ab.json.sig", &"a".repeat(100), "data/com10", "..a"] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn names_that_could_reach_elsewhere_or_nowhere_are_refused() {
        use NameFault::{Character, Device, Empty, Relative, TooLong, TrailingDot};
        for (name, fault) in [
            ("", Empty),
            ("/etc/passwd", Empty),
            ("data//x", Empty),
            ("data/", Empty),
            ("../x", Relative),
            ("data/./x", Relative),
            ("data\\x", Character),
            ("c:x", Character),
            ("data/ü", Character),
            ("data/x y", Character),
            ("data/x\u{0}", Character),
            ("data/x.", TrailingDot),
            ("data/...", TrailingDot),
            ("data/NUL.txt", Device),
            ("com1", Device),
            ("Lpt9.a.b", Device),
        ] {
            assert_eq!(check(name), Err(fault), "{name}");
        }
        assert_eq!(check(&"a".repeat(101)), Err(TooLong));
    }

    #[test]
    fn names_that_differ_in_case_alone_clash() {
        let mut names = NameSet::default();
        assert_eq!(names.insert("data/A"), None);
        assert_eq!(names.insert("data/b"), None);
        assert_eq!(names.insert("Data/a"), Some("data/A"));
    }
}
