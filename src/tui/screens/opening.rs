//! The form that opens a run: its header, its mode, its crew.

use crate::kernel::model::name::{PersonId, Variable};
use crate::kernel::model::opening::{Binding, Mode};
use crate::kernel::text::escape;
use crate::session::Opening;
use crate::tui::ground::effect::{Effect, PackageFacts};
use crate::tui::ground::theme::{Look, Role};
use crate::tui::screens::library::grouped;
use crate::tui::widgets::form::{Form, wrap};
use crate::tui::widgets::paint::{Pane, centred, pane};
use ratatui::Frame;
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;
use std::collections::BTreeMap;

/// The form that opens a run, with what it opens.
pub(in crate::tui) struct OpeningForm {
    pub(in crate::tui) facts: PackageFacts,
    pub(in crate::tui) form: Form,
    pub(in crate::tui) fields: Vec<Variable>,
}

/// What is asked for outside once the form is handed in.
pub(in crate::tui) fn open(opening: &OpeningForm) -> Option<Effect> {
    let form = &opening.form;
    let person: PersonId = form.value("person")?.parse().ok()?;
    let values = form.fields.iter().filter(|f| f.name == "field").map(|f| f.value.trim().to_owned());
    let fields: BTreeMap<_, _> = opening.fields.iter().cloned().zip(values).filter(|(_, v)| !v.is_empty()).collect();
    let crew = form.fields.iter().filter(|f| f.name == "crew").filter_map(|f| {
        let (person, role) = f.value.split_once('|')?;
        Some(Binding { person: person.parse().ok()?, role: role.parse().ok()? })
    });
    let mode = if form.value("mode") == Some("training") { Mode::Training } else { Mode::Live };
    let crew = crew.collect();
    let passphrase = form.value("passphrase")?.to_owned();
    Some(Effect::Open(opening.facts.path.clone(), Opening { mode, fields, crew }, person, passphrase))
}

impl OpeningForm {
    pub(in crate::tui) fn draw(&self, frame: &mut Frame, body: ratatui::layout::Rect, look: Look) {
        let plan = &self.facts.plan;
        let width = body.width.min(90);
        let mut lines = vec![
            Line::from(format!(" {} revision {}   {}", plan.manifest.id, plan.manifest.revision, plan.policy.id)),
            Line::from(format!(" package {}", grouped(&plan.digest.hex()))),
        ];
        if let Some(banner) = plan.banner() {
            lines.push(Line::from(Span::styled(format!(" {}", escape(banner)), look.style(Role::Alert))));
        }
        for (name, value) in &plan.manifest.parameters {
            lines.push(Line::from(format!(" {name} = {}", escape(value))));
        }
        let purpose = plan.procedure.purpose.clone().unwrap_or_default();
        lines.extend(wrap(&escape(&purpose), usize::from(width) - 4).into_iter().map(|l| Line::from(format!(" {l}"))));
        lines.push(Line::default());
        let before = lines.len();
        let (fields, at) = self.form.lines(look, usize::from(width.saturating_sub(4)));
        lines.extend(fields);
        let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX).min(body.height);
        let place = centred(body, width, height);
        frame.render_widget(Clear, place);
        let title = format!("Open a run: {}", plan.procedure.title);
        pane(frame, place, look, Pane { title: &title, focused: true, lines, follow: Some(before + at + 2) });
    }
}
