//! The verifier as a face hands it to a session, which takes tickets and cannot write one.

use super::{NotStanding, Sealable, Standing, Unfit, sealable, sealed, standing_at};
use crate::bundle::Taken;
use std::path::Path;

/// Who grades for a session.
#[derive(Clone, Copy, Debug)]
pub struct Judges {
    /// The bundle of a called procedure.
    pub standing: fn(&Path) -> Result<Standing, NotStanding>,
    /// The files of a run before they are sealed; what was taken in need not be read again.
    pub sealable: fn(&Path, &Taken) -> Result<Sealable, Unfit>,
    /// The bundle after it was sealed, likewise.
    pub sealed: fn(&Path, &Taken) -> Result<(), Unfit>,
}

/// This verifier.
pub const JUDGES: Judges = Judges { standing: standing_at, sealable, sealed };
