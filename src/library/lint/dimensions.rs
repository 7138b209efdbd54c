//! Units of calculations: what follows from a formula is what its result is labelled with.
//!
//! A bare number in a sum takes the unit of what it stands beside; in a product it is a pure number. A coefficient
//! that carries a unit, such as volts a degree, is therefore a number parameter with that unit.

use super::{Code, Known, Linter};
use crate::kernel::documents::pack::Pack;
use crate::kernel::expression::{Binary, Node};
use crate::kernel::model::name::UnitId;
use crate::kernel::model::number::Number;
use std::collections::BTreeMap;

/// How deep units may be made of other units.
const DEEPEST: usize = 8;

/// Units and their powers.
type Powers = BTreeMap<UnitId, i32>;

/// What a part of a formula is measured in.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Measure {
    powers: Powers,
    /// The bare number that it is, or that it was multiplied with; none once something was added.
    factor: Option<Number>,
    /// It is made of bare numbers alone.
    bare: bool,
}

/// Judges every calculation that names the unit of its result.
pub(super) fn check(linter: &mut Linter) {
    for (_, path, step) in linter.steps() {
        let Some((calc, unit)) = step.calc.as_ref().and_then(|c| Some((c, c.result.unit.as_ref()?))) else { continue };
        let follows = measure(linter, calc.expr.node());
        let message = match follows {
            Err(message) => message,
            Ok(Some(measure)) if !fits(linter.pack, &measure, unit) => {
                format!("`{}` comes out in {}, not in `{unit}`", calc.expr.source(), words(&measure.powers))
            }
            Ok(_) => continue,
        };
        linter.say(Code::CalcUnit, format!("{path}.calc.unit"), message);
    }
}

/// Returns what a part comes out in; none where a name is unknown, which has a code of its own.
fn measure(linter: &Linter, node: &Node) -> Result<Option<Measure>, String> {
    Ok(match node {
        Node::Number(number) => Some(Measure { powers: Powers::new(), factor: Some(*number), bare: true }),
        Node::Variable(name) => linter.known(name).map(|known| {
            let unit = match known {
                Known::Parameter(parameter) => parameter.unit.as_ref(),
                Known::Input(_, input) | Known::Watch(input) => input.unit.as_ref(),
            };
            let powers = unit.map_or_else(Powers::new, |unit| expanded(linter.pack, unit, 0));
            Measure { powers, factor: Some(Number::one()), bare: false }
        }),
        Node::Negate(inner) => measure(linter, inner)?,
        Node::Binary(operator, left, right) => {
            let (Some(a), Some(b)) = (measure(linter, left)?, measure(linter, right)?) else { return Ok(None) };
            match operator {
                Binary::Add | Binary::Subtract => Some(sum(*operator, a, b)?),
                Binary::Multiply => Some(product(a, b, 1)),
                Binary::Divide => Some(product(a, b, -1)),
                _ => None,
            }
        }
        Node::Text(_) | Node::Bool(_) | Node::Not(_) => None,
    })
}

/// What is added is measured alike; a bare number takes the other's measure.
fn sum(operator: Binary, a: Measure, b: Measure) -> Result<Measure, String> {
    let bare = a.bare && b.bare;
    let factor = None;
    match (a.bare, b.bare) {
        (true, _) => Ok(Measure { powers: b.powers, factor, bare }),
        (_, true) => Ok(Measure { powers: a.powers, factor, bare }),
        _ if a.powers == b.powers => Ok(Measure { powers: a.powers, factor, bare }),
        _ => Err(format!("{} {} {} has no unit", words(&a.powers), operator.sign(), words(&b.powers))),
    }
}

fn product(a: Measure, b: Measure, sign: i32) -> Measure {
    let mut powers = a.powers;
    for (unit, power) in b.powers {
        *powers.entry(unit).or_default() += sign * power;
    }
    powers.retain(|_, power| *power != 0);
    let both = a.factor.zip(b.factor);
    let factor = both.and_then(|(x, y)| if sign > 0 { x.times(y) } else { x.divided(y) });
    Measure { powers, factor, bare: a.bare && b.bare }
}

/// The label says what follows, or the pack converts it by just the number that it was multiplied with.
fn fits(pack: &Pack, measure: &Measure, unit: &UnitId) -> bool {
    let single = || {
        let mut powers = measure.powers.iter();
        powers.next().filter(|(_, power)| **power == 1 && powers.next().is_none()).map(|(from, _)| from)
    };
    let converts = |from: &UnitId| {
        let unit_of = pack.units.iter().find(|u| u.id == *from);
        let mut lines = unit_of.into_iter().flat_map(|u| &u.equals);
        lines.any(|line| line.unit == *unit && line.offset.is_none() && Some(line.factor) == measure.factor)
    };
    measure.bare || measure.powers == expanded(pack, unit, 0) || single().is_some_and(converts)
}

/// A unit in the units that it is made of.
fn expanded(pack: &Pack, unit: &UnitId, depth: usize) -> Powers {
    let parts = pack.units.iter().find(|u| u.id == *unit).and_then(|u| u.of.as_ref()).filter(|_| depth < DEEPEST);
    let Some(parts) = parts else { return Powers::from([(unit.clone(), 1)]) };
    let mut powers = Powers::new();
    for (part, power) in parts {
        for (base, inner) in expanded(pack, part, depth + 1) {
            *powers.entry(base).or_default() += inner * power;
        }
    }
    powers.retain(|_, power| *power != 0);
    powers
}

fn words(powers: &Powers) -> String {
    let one = |(unit, power): (&UnitId, &i32)| if *power == 1 { unit.to_string() } else { format!("{unit}^{power}") };
    match powers.is_empty() {
        true => "a pure number".to_owned(),
        false => powers.iter().map(one).collect::<Vec<_>>().join(" "),
    }
}
