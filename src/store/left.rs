//! What a deed that failed left behind, as a counted fact. Nobody else says "nothing was recorded".

use std::fmt;
use std::path::PathBuf;

/// What was to be done, in the word that a person reads when it was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// A statement beside a sealed bundle.
    Added,
    /// A run to another place.
    Moved,
    /// A record in a journal.
    Recorded,
    /// A statement, with a key.
    Signed,
    /// A file.
    Written,
}

impl Deed {
    fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Moved => "moved",
            Self::Recorded => "recorded",
            Self::Signed => "signed",
            Self::Written => "written",
        }
    }
}

/// Records and files that stay although the act failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Numbers of the records that are durable, in order.
    pub records: Vec<u64>,
    /// Number of one more record that may or may not be durable: only taking the run up again tells.
    pub unsure: Option<u64>,
    /// Files and folders that were written.
    pub files: Vec<PathBuf>,
}

impl Left {
    /// Tells whether no record, file or signature was made.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.records.is_empty() && self.unsure.is_none() && self.files.is_empty()
    }

    /// Adds what was left behind besides.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.records.extend(other.records);
        self.records.sort_unstable();
        self.records.dedup();
        self.unsure = self.unsure.or(other.unsure);
        self.files.extend(other.files);
        self
    }
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.after(Deed::Recorded))
    }
}

impl Left {
    /// A failed deed that made these files and no record.
    #[must_use]
    pub fn files(files: impl IntoIterator<Item = PathBuf>) -> Self {
        Self { files: files.into_iter().collect(), ..Self::default() }
    }

    /// Says what is left after a deed that failed.
    #[must_use]
    pub fn after(&self, deed: Deed) -> String {
        let mut text = String::new();
        // Writing into a text does not fail.
        let _ = self.write(&mut text, deed);
        text
    }

    fn write(&self, f: &mut impl fmt::Write, deed: Deed) -> fmt::Result {
        match (self.records.as_slice(), self.unsure) {
            ([], None) if self.files.is_empty() => write!(f, "nothing was {}", deed.word()),
            ([], None) if deed != Deed::Recorded => write!(f, "it was not {} as a whole", deed.word()),
            ([], None) => f.write_str("no record was made"),
            ([], Some(unsure)) => write!(f, "record {unsure} may or may not be recorded"),
            ([one], None) => write!(f, "record {one} is recorded"),
            ([first, .., last], None) => write!(f, "records {first} to {last} are recorded"),
            ([one], Some(unsure)) => write!(f, "record {one} is recorded, {unsure} may or may not be"),
            ([first, .., last], Some(unsure)) => {
                write!(f, "records {first} to {last} are recorded, {unsure} may or may not be")
            }
        }?;
        let files: Vec<String> = self.files.iter().map(|file| format!("`{}`", file.display())).collect();
        match files.is_empty() {
            true => Ok(()),
            false => write!(f, "; written: {}", files.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_said_only_of_nothing() {
        let file = PathBuf::from("x.json");
        let left = |records: &[u64], unsure, files: &[PathBuf]| {
            Left { records: records.to_vec(), unsure, files: files.to_vec() }.to_string()
        };
        assert_eq!(left(&[], None, &[]), "nothing was recorded");
        assert_eq!(left(&[], None, &[file]), "no record was made; written: `x.json`");
        assert_eq!(left(&[7], None, &[]), "record 7 is recorded");
        assert_eq!(left(&[7, 8, 9], None, &[]), "records 7 to 9 are recorded");
        assert_eq!(left(&[], Some(7), &[]), "record 7 may or may not be recorded");
        assert_eq!(left(&[7], Some(8), &[]), "record 7 is recorded, 8 may or may not be");
    }

    #[test]
    fn each_deed_has_its_word_and_none_says_nothing_beside_a_file() {
        let all = [Deed::Added, Deed::Moved, Deed::Recorded, Deed::Signed, Deed::Written];
        let said: Vec<String> = all.iter().map(|deed| Left::default().after(*deed)).collect();
        let words = ["added", "moved", "recorded", "signed", "written"].map(|word| format!("nothing was {word}"));
        assert_eq!(said, words);
        for deed in all {
            let beside = Left::files([PathBuf::from("x.sig")]).after(deed);
            assert!(!beside.contains("nothing") && beside.ends_with("written: `x.sig`"), "{beside}");
        }
    }
}
