//! What the peers do with a folder of files: once to make their record of it, then as often as asked to check it.

use crate::gauge::{Cost, cost};
use crate::site::WELL;
use crate::tools::{find, prepare, root, shell};
use std::path::{Path, PathBuf};

/// One peer and its record of a folder.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    folder: PathBuf,
    /// The commands of a shell in `folder`, where the files lie in `W`.
    checks: String,
    /// What making the record cost.
    pub(crate) made: Cost,
}

/// How a peer is asked: its name in the table, the tool that it needs, how it makes its record, how it checks it.
/// `TOOL` stands for the path of the tool, `BIN` for the folder that the tool lies in.
struct How {
    name: &'static str,
    tool: &'static str,
    makes: &'static str,
    checks: &'static str,
}

const HOW: &[How] = &[
    How {
        name: "bagit.py --validate --processes 1",
        tool: "bagit.py",
        makes: "TOOL --quiet --sha256 --processes 1 W",
        checks: "exec TOOL --quiet --validate --processes 1 W",
    },
    How {
        name: "hashdeep audit, sha256",
        tool: "hashdeep",
        makes: "cd W; TOOL -c sha256 -r -l . > ../known",
        checks: "cd W; exec TOOL -c sha256 -r -l -a -k ../known .",
    },
    How {
        name: "restic check --read-data",
        tool: "restic",
        makes: "export RESTIC_PASSWORD=x XDG_CACHE_HOME=$PWD/cache; TOOL -q -r repo init; TOOL -q -r repo backup W",
        checks: "export RESTIC_PASSWORD=x XDG_CACHE_HOME=$PWD/cache; exec TOOL -q -r repo check --read-data",
    },
    How {
        name: "borg check --verify-data",
        tool: "borg",
        makes: "export BORG_PASSPHRASE=x BORG_BASE_DIR=$PWD; TOOL init -e authenticated-blake2 repo
                TOOL create -C none repo::w W",
        checks: "export BORG_PASSPHRASE=x BORG_BASE_DIR=$PWD; exec TOOL check --verify-data repo",
    },
    How {
        name: "in-toto-verify, one step, one inspection",
        tool: "in-toto-verify",
        makes: "openssl genpkey -quiet -algorithm ed25519 -out key.pem 2>/dev/null || openssl genpkey -algorithm ed25519 -out key.pem
                openssl pkey -in key.pem -pubout -out pub.pem
                BIN/in-toto-run -n W -m W -x --signing-key key.pem
                BIN/python LAYOUT key.pem W root.layout",
        checks: "exec TOOL --layout root.layout --verification-keys pub.pem",
    },
    How {
        name: "git fsck --full",
        tool: "git",
        makes: "TOOL init -q; TOOL add -A; TOOL -c user.name=n -c user.email=e commit -q -m w",
        checks: "exec TOOL fsck --full",
    },
    How {
        name: "b3sum --check",
        tool: "b3sum",
        makes: "find W -type f -print0 | xargs -0 TOOL > sums",
        checks: "exec TOOL --check --quiet sums",
    },
];

/// Every peer with a copy of these files, or its name where it is not installed.
pub(crate) fn all(files: &Path, folder: &Path) -> Vec<Result<Peer, &'static str>> {
    HOW.iter().map(|how| made(how, files, &folder.join(how.tool)).ok_or(how.name)).collect()
}

/// The peer of this tool alone.
pub(crate) fn one(tool: &str, files: &Path, folder: &Path) -> Option<Peer> {
    HOW.iter().find(|how| how.tool == tool).and_then(|how| made(how, files, &folder.join(tool)))
}

fn made(how: &How, files: &Path, folder: &Path) -> Option<Peer> {
    let tool = find(how.tool)?;
    std::fs::create_dir_all(folder).expect("a folder for the peer");
    prepare(shell(folder, &format!("cp -r {} W", files.display())));
    let fill = |text: &str| {
        let bin = tool.parent().unwrap_or(Path::new(".")).display().to_string();
        let layout = root().join("benches/layout.py").display().to_string();
        text.replace("TOOL", &tool.display().to_string()).replace("BIN", &bin).replace("LAYOUT", &layout)
    };
    let made = cost(&shell(folder, &fill(how.makes)), WELL);
    Some(Peer { name: how.name, folder: folder.to_owned(), checks: fill(how.checks), made })
}

impl Peer {
    pub(crate) fn check(&self) -> Cost {
        cost(&shell(&self.folder, &self.checks), WELL)
    }
}
