//! The numbers of the records that a finding speaks of.

use serde::Serialize;
use std::fmt;

/// How many stretches are kept; a list is read by people.
const STRETCHES: usize = 16;

/// Record numbers as stretches `[first, last]`, rising; of many stretches the first sixteen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Records(Vec<(u64, u64)>);

impl Records {
    /// Takes a number that is not smaller than those before it.
    pub fn add(&mut self, seq: u64) {
        self.stretch(seq, seq);
    }

    fn stretch(&mut self, first: u64, last: u64) {
        let room = self.0.len() < STRETCHES;
        match self.0.last_mut() {
            Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
            _ if room => self.0.push((first, last)),
            _ => {}
        }
    }

    /// Takes the numbers of a later finding.
    pub fn extend(&mut self, later: &Self) {
        later.0.iter().for_each(|(first, last)| self.stretch(*first, *last));
    }

    /// The first number.
    #[must_use]
    pub fn first(&self) -> Option<u64> {
        self.0.first().map(|(first, _)| *first)
    }
}

impl fmt::Display for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (first, last)) in self.0.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { ", " })?;
            match first == last {
                true => write!(f, "{first}")?,
                false => write!(f, "{first} to {last}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_become_one_stretch_and_only_sixteen_are_kept() {
        let mut records = Records::default();
        [20, 21, 22, 22, 30].into_iter().for_each(|seq| records.add(seq));
        assert_eq!((records.to_string().as_str(), records.first()), ("20 to 22, 30", Some(20)));
        (50..500).step_by(2).for_each(|seq| records.add(seq));
        assert_eq!(records.to_string().split(", ").count(), 16);
        assert_eq!(serde_json::to_string(&records).unwrap()[..16], *"[[20,22],[30,30]");
    }
}
