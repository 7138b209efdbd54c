//! What the home holds, for the library, and what to do about a run of it that is not taken up.

use super::effect::Outcome;
use crate::session::StartError;
use crate::session::health::Depth;
use crate::session::runs::list;
use crate::store::Home;

/// Lists packages and runs.
pub(super) fn listed(home: &Home) -> Outcome {
    Outcome::Home(super::folder::packages(&home.packages()), list(home, Depth::Names))
}

/// What there is to do about a run that is not taken up.
pub(super) fn hint(error: &StartError) -> &'static str {
    match error {
        StartError::Unwell { health, .. } => health.state.hint(),
        _ => "the run is as it was",
    }
}
