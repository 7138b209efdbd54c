//! What a whole process costs: wall time, processor time and peak memory, of it and all it starts.
//!
//! The bench starts itself again as a gauge, which starts the process, waits, and asks the system what its children took.
//! A process of its own, because the system only knows the largest child ever, and because a child that is not yet
//! another program counts with the memory of who started it: this bench holds journals, a gauge holds nothing.

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use std::process::{Command, Stdio};
use std::time::Instant;

/// What a process took.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    /// Seconds on the clock.
    pub(crate) wall: f64,
    /// Seconds of processors.
    pub(crate) cpu: f64,
    /// Bytes of the largest process at its largest.
    pub(crate) peak: u64,
}

const FLAG: &str = "--gauge";

/// Runs the command and returns its cost; it must end with one of these statuses.
pub(crate) fn cost(asked: &Command, statuses: &[i32]) -> Cost {
    let mut gauge = Command::new(std::env::current_exe().expect("this program has a path"));
    gauge.arg(FLAG).arg(asked.get_program()).args(asked.get_args());
    gauge.envs(asked.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if let Some(folder) = asked.get_current_dir() {
        gauge.current_dir(folder);
    }
    let done = gauge.stdin(Stdio::null()).output().expect("the gauge starts");
    let told = String::from_utf8_lossy(&done.stdout).into_owned();
    let parts: Vec<f64> = told.split_whitespace().filter_map(|part| part.parse().ok()).collect();
    let [status, wall, cpu, peak] = parts[..] else { panic!("{asked:?}: the gauge says {told:?}") };
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(statuses.contains(&(status as i32)), "{asked:?} ended with {status}:\n{said}");
    Cost { wall, cpu, peak: peak as u64 }
}

/// Is this process a gauge? Then it does its work and ends.
pub(crate) fn serve() {
    let mut words = std::env::args_os().skip(1);
    if words.next().is_none_or(|word| word != FLAG) {
        return;
    }
    let mut command = Command::new(words.next().expect("a program to gauge"));
    command.args(words).stdout(Stdio::null());
    let start = Instant::now();
    let status = command.status().map_or(127, |status| status.code().unwrap_or(128));
    let wall = start.elapsed().as_secs_f64();
    let used = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the system counts what children use");
    let cpu = seconds(used.user_time()) + seconds(used.system_time());
    println!("{status} {wall} {cpu} {}", used.max_rss() * 1024);
    std::process::exit(0);
}

fn seconds(time: TimeVal) -> f64 {
    time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6
}
