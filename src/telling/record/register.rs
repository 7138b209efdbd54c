//! What is registered in a run: instruments, material, permits.

use super::teller::{Said, Teller, and};
use crate::kernel::documents::term::Noun;
use crate::kernel::records::event::{InstrumentRegistered, MaterialRegistered, PermitRegistered};

impl Teller<'_> {
    pub(super) fn instrument(&self, d: &InstrumentRegistered) -> Said {
        let range = d.range.as_ref().map(|range| {
            let unit = self.plan().pack.symbol(&range.unit);
            format!("{} to {} {unit}", range.min, range.max)
        });
        let measures =
            d.quantities.iter().map(crate::kernel::model::name::Identifier::as_str).collect::<Vec<_>>().join(", ");
        let text = format!(
            "{}: {}, measures {measures}, calibration due {}{}",
            d.instrument,
            d.name,
            d.cal_due,
            and("range ", range)
        );
        Said::new(self.noun(Noun::Instrument), text)
    }

    pub(super) fn material(&self, d: &MaterialRegistered) -> Said {
        let expires = d.expires.map_or_else(|| "no expiry".into(), |at| format!("expires {at}"));
        let text = format!("lot {}: {}, {expires}{}", d.material, d.name, and("", d.quantity.as_ref()));
        Said::new(self.noun(Noun::Material), text)
    }

    pub(super) fn permit(&self, d: &PermitRegistered) -> Said {
        let permit = self.plan().procedure.permits.iter().find(|permit| permit.id == d.permit);
        let what = permit.map_or_else(String::new, |permit| format!(" ({})", permit.text));
        let text = format!("{}{what}: number {}, from {} until {}", d.permit, d.number, d.valid_from, d.valid_until);
        Said::new(self.noun(Noun::Permit), text)
    }
}
