//! The same record under another profile: what would have been made of it. Nothing is recorded from here.

use super::Run;
use crate::kernel::documents::package::Plan;
use crate::kernel::documents::policy::Policy;
use crate::kernel::policy;
use std::sync::Arc;

impl Run {
    /// Returns the run with every deviation ruled again under another profile.
    ///
    /// Records, forms, reviews and classes that a reviewer set stay as they are. Where the profile has no rule for
    /// a departure, which a checked profile always has, the sealed ruling stays.
    #[must_use]
    pub fn under(&self, profile: &Policy) -> Self {
        let mut other = self.clone();
        let plan = Plan { policy: profile.clone(), ..Plan::clone(&self.plan) };
        for (number, deviation) in other.deviations.iter_mut().enumerate() {
            let earlier = self.earlier_with(&deviation.statement.code, number);
            if let Some(ruling) = policy::ruling(&plan, &deviation.facts, &deviation.statement, earlier) {
                deviation.ruling = ruling;
            }
        }
        other.plan = Arc::new(plan);
        other
    }
}
