//! Where time comes from: the host, or a test that sets it.

use crate::kernel::documents::clock::{WrongClock, clock_is_behind};
use crate::kernel::model::time::{Now, Timestamp};
use std::time::{SystemTime, UNIX_EPOCH};

/// When this program was made at the earliest: the date of its release, or what its packager says.
#[must_use]
pub fn made() -> Timestamp {
    let seconds: i64 = env!("ASRUN_MADE").parse().unwrap_or(0);
    Timestamp::from_millis(seconds.saturating_mul(1000))
}

/// Returns why a clock is plainly wrong that says an earlier time than this program was made at.
#[must_use]
pub fn earlier_than_this_program(says: Timestamp) -> Option<WrongClock> {
    clock_is_behind(says, made())
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Returns the three clocks of this moment.
    fn now(&self) -> Now;

    /// Returns the station's UTC offset, such as `+01:00`.
    fn offset(&self) -> String {
        "+00:00".into()
    }
}

/// The clocks of this machine.
#[derive(Clone, Debug)]
pub struct HostClock {
    boot: String,
}

impl HostClock {
    /// Reads the boot id once; where the system shows none, this start of the program counts as one, under a name
    /// that no other has.
    #[must_use]
    pub fn new() -> Self {
        let read = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
        let boot = read.map(|text| text.trim().to_owned()).ok().filter(|text| !text.is_empty());
        Self { boot: boot.unwrap_or_else(unnamed_start) }
    }
}

/// Names a start of the program: its number alone is used again, also by another start of the machine.
fn unnamed_start() -> String {
    let drawn = getrandom::u64().unwrap_or_default();
    format!("process-{}-{drawn:016x}", std::process::id())
}

impl Default for HostClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for HostClock {
    fn now(&self) -> Now {
        let millis = |time: SystemTime| match time.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |ms| -ms),
        };
        let mono = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        Now {
            time: Timestamp::from_millis(millis(SystemTime::now())),
            mono_ms: mono.tv_sec * 1000 + mono.tv_nsec / 1_000_000,
            boot: self.boot.clone(),
        }
    }

    fn offset(&self) -> String {
        let seconds = jiff::Zoned::now().offset().seconds();
        let sign = if seconds < 0 { '-' } else { '+' };
        let minutes = seconds.abs() / 60;
        format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}
