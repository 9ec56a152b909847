//! The staff: a card for each role, with what it can do at a click.

use std::collections::BTreeMap;

use maud::{Markup, html};
use xiaoer_sdk::Manifest;

use super::icon::Icon;
use super::run;
use crate::config::Role;

/// Colours of avatars that the style sheet knows.
const COLOURS: usize = 6;

pub(crate) fn staff(roles: &[Role], manifests: &BTreeMap<String, Manifest>) -> Markup {
    html! { div.staff { @for (at, role) in roles.iter().enumerate() { (card(at, role, manifests)) } } }
}

fn card(at: usize, role: &Role, manifests: &BTreeMap<String, Manifest>) -> Markup {
    let initial: String = role.title.chars().take(1).collect();
    html! {
        section.card.role {
            header {
                span.avatar.{ "avatar-" (at % COLOURS) } aria-hidden="true" { (initial) }
                div { h3 { (role.title) } p.sub { (role.about) } }
            }
            ul.skills { @for name in &role.skills { @if let Some(manifest) = manifests.get(name) { li { (skill(manifest)) } } } }
        }
    }
}

fn skill(manifest: &Manifest) -> Markup {
    html! {
        button.skill type="button" data-skill=(manifest.name) data-title=(manifest.title) data-about=(manifest.description) {
            span.name { (manifest.title) }
            span.about { (manifest.description) }
            span.run aria-hidden="true" { (Icon::Play.draw()) }
        }
        @if !manifest.fields.is_empty() { template #{ "fields-" (manifest.name) } { (run::fields(manifest)) } }
    }
}
