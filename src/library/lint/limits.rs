//! Numbers: parameters, units, and bands that lie inside each other.

use super::{Code, Linter};
use crate::kernel::documents::procedure::ParameterType;
use crate::kernel::model::input::{Band, Bound, DecisionRule, Input, Range};
use crate::kernel::model::name::UnitId;

pub(super) fn check(linter: &mut Linter) {
    parameters(linter);
    for (w, watch) in linter.procedure.watches.iter().enumerate() {
        if let Some(input) = &watch.input {
            number(linter, &format!("watches[{w}].input"), input);
        }
    }
    for (_, path, step) in linter.steps() {
        if let Some((member, made)) = step.made() {
            number(linter, &format!("{path}.{member}"), made);
            for (c, column) in made.columns.iter().enumerate() {
                number(linter, &format!("{path}.{member}.columns[{c}]"), column);
            }
        }
        for (n, input) in step.inputs.iter().enumerate() {
            number(linter, &format!("{path}.inputs[{n}]"), input);
            for (c, column) in input.columns.iter().enumerate() {
                number(linter, &format!("{path}.inputs[{n}].columns[{c}]"), column);
            }
        }
    }
}

fn parameters(linter: &mut Linter) {
    for (index, parameter) in linter.procedure.parameters.iter().enumerate() {
        let path = format!("parameters[{index}]");
        if let Some(fault) = parameter.default.as_deref().and_then(|d| parameter.check(d).err()) {
            linter.say(Code::Parameter, format!("{path}.default"), fault.to_string());
        }
        if let Some(unit) = &parameter.unit {
            known_unit(linter, format!("{path}.unit"), unit);
        }
    }
}

fn known_unit(linter: &mut Linter, path: String, unit: &UnitId) {
    if !linter.pack.units.iter().any(|u| u.id == *unit) {
        linter.say(Code::UnknownUnit, path, format!("the pack has no unit `{unit}`"));
    }
}

fn number(linter: &mut Linter, path: &str, input: &Input) {
    if let Some(unit) = &input.unit {
        known_unit(linter, format!("{path}.unit"), unit);
        let quantity = linter.pack.units.iter().find(|u| u.id == *unit).map(|u| &u.quantity);
        if let (Some(is), Some(wanted)) = (quantity, &input.quantity)
            && is != wanted
        {
            linter.say(Code::WrongUnit, format!("{path}.unit"), format!("`{unit}` measures {is}, not {wanted}"));
        }
    }
    if input.decision_rule != DecisionRule::Simple && (input.uncertainty.is_none() || input.limits.is_none()) {
        let message = format!("`{}` has a decision rule, but no limits with an uncertainty", input.id);
        linter.say(Code::DecisionRule, format!("{path}.decision_rule"), message);
    }
    let Some(limits) = &input.limits else { return };
    if input.unit.is_none() {
        linter.say(Code::UnitMissing, format!("{path}.limits"), format!("`{}` has limits but no unit", input.id));
    }
    let mut wider = None;
    for (name, band, outside) in [
        ("plausible", &limits.plausible, Code::Bands),
        ("accept", &limits.accept, Code::AcceptOutsidePlausible),
        ("alert", &limits.alert, Code::AlertOutsideAccept),
    ] {
        if let Some(band) = band {
            wider = one_band(linter, &format!("{path}.limits.{name}"), band, outside, wider);
        }
    }
}

/// Judges a band against the wider one before it, and returns the narrower of both.
fn one_band(linter: &mut Linter, path: &str, band: &Band, outside: Code, wider: Option<Range>) -> Option<Range> {
    let is_number = |b: &Bound| match b {
        Bound::Fixed(_) => true,
        Bound::Parameter(name) => {
            linter.procedure.parameters.iter().any(|p| p.id == *name && p.kind == ParameterType::Number)
        }
    };
    if let Some(bound) = [&band.min, &band.max].into_iter().flatten().find(|b| !is_number(b)) {
        linter.say(Code::Bound, path, format!("`{bound}` is no number parameter"));
        return wider;
    }
    let defaults =
        linter.procedure.parameters.iter().filter_map(|p| Some((p.id.clone(), p.default.clone()?))).collect();
    let range = band.range(&defaults);
    if let (Some(min), Some(max)) = (range.min, range.max)
        && min > max
    {
        linter.say(Code::Bands, path, format!("no number is at least {min} and at most {max}"));
        return wider;
    }
    if let Some(w) = &wider {
        let below = range.min.zip(w.min).is_some_and(|(min, least)| min < least);
        let above = range.max.zip(w.max).is_some_and(|(max, most)| max > most);
        if below || above {
            linter.say(outside, path, format!("{range} reaches outside {w}"));
        }
    }
    Some(range)
}
