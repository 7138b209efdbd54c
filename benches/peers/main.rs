//! asrun beside what a user could take instead, doing the same work in the same run.
//!
//! ```sh
//! benches/install-peers                       # the peers, from their usual packages
//! cargo bench --bench peers                   # small workloads, below two minutes: for a look
//! cargo bench --bench peers -- --full         # W1 to W4 whole: for figures that may be quoted
//! cargo bench --bench peers -- append files   # some chapters only
//! ```
//!
//! Takes `ASRUN` (another program than the one of this build), `ASRUN_PEERS` (where the Python tools lie),
//! `ASRUN_BENCH` (the folder to work in, on the disk to be measured). Everything of ours goes through the real program.

mod acts;
mod floors;
mod gauge;
mod pair;
mod peers;
mod picture;
mod rows;
mod scale;
mod session;
mod site;
mod table;
mod tools;
mod workload;

use scale::Scale;

fn main() {
    gauge::serve();
    let (scale, asked) = Scale::read(std::env::args().skip(1));
    let root = std::env::var_os("ASRUN_BENCH").map_or_else(|| env!("CARGO_TARGET_TMPDIR").into(), Into::into);
    let root: std::path::PathBuf = root;
    std::fs::create_dir_all(&root).expect("a folder to work in");
    let folder = tempfile::Builder::new().prefix("peers-").tempdir_in(root).expect("a folder to work in");
    tools::list();
    println!("\n{scale}");
    table::head();
    for (name, rows) in rows::CHAPTERS {
        if asked.is_empty() || asked.iter().any(|word| word == name) {
            rows(&scale, folder.path());
        }
    }
}
