//! How time passes on a walk: clocks that jump, and machines that start again.

use super::walker::{KEYS, Walk};
use asrun::kernel::model::time::Timestamp;
use serde_json::{Value, json};

impl Walk {
    pub(super) fn time_passes(&mut self) {
        let millis = match self.chance.below(20) {
            0 => 4_000_000,
            1 => 60_000,
            _ => self.chance.below(3_000) as i64,
        };
        let step = match self.chance.below(200) {
            0 | 1 => -5_000,
            2 => 900_000,
            3 => -3_600_000,
            _ => 0,
        };
        self.now.time = Timestamp::from_millis(self.now.time.millis() + millis + step);
        self.now.mono_ms += millis;
    }

    /// The program, and one time in two the machine, is started again; somebody takes the run up. Now and then that is
    /// a machine, still in the same start, on which the run lay before.
    pub(super) fn restart(&mut self) -> (&'static str, Value) {
        if self.chance.percent(50) {
            self.starts += 1;
            self.now.boot = format!("b{}", self.starts);
            self.now.mono_ms = 1000;
        } else if self.chance.percent(30) {
            self.now.boot = format!("b{}", self.chance.below(self.starts as usize + 1));
            self.now.mono_ms = self.chance.below(10_000_000) as i64;
        }
        self.now = self.run.clocks_of(self.now.clone());
        let person = self.anybody();
        let program = self.program();
        (person, json!({"intent": "unlock", "key": KEYS[person].who.key, "program": program, "resumed": true}))
    }

    /// Now and then the run is taken up by another program.
    fn program(&mut self) -> Value {
        let version = if self.chance.percent(20) { "1" } else { "0" };
        json!({"digest": null, "version": version})
    }

    pub(super) fn pass_until(&mut self, until: Timestamp) {
        let left = until.since(self.now.time).max(0);
        self.now.time = Timestamp::from_millis(self.now.time.millis() + left);
        self.now.mono_ms += left;
    }
}
