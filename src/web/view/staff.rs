//! The staff: a card for each role, with what it can do at a click.

use maud::{Markup, html};
use xiaoer_sdk::Manifest;

use super::icon::Icon;
use super::{plugin, run};
use crate::config::Role;
use crate::staff::Team;

/// Colours of avatars that the style sheet knows.
const COLOURS: usize = 6;

pub(crate) fn staff(shop: &str, roles: &[Role], team: &Team) -> Markup {
    html! { div.staff { @for (at, role) in roles.iter().enumerate() { (card(shop, (at, role), team)) } } }
}

fn card(shop: &str, (at, role): (usize, &Role), team: &Team) -> Markup {
    html! {
        section.card.role {
            header {
                (avatar(at, role))
                div { h3 { (role.title) } p.sub { (role.about) } }
                a.more.talk-to href={ "/shops/" (shop) "/talks?role=" (role.id) } aria-label={ "和" (role.title) "聊一聊" } { (Icon::Chat.draw()) "聊一聊" }
            }
            ul.skills { @for manifest in skills_of(role, team) { li { (skill(manifest, team)) } } }
        }
    }
}

/// Who it is, as a coloured initial.
pub(crate) fn avatar(at: usize, role: &Role) -> Markup {
    let initial: String = role.title.chars().take(1).collect();
    html! { span.avatar.{ "avatar-" (at % COLOURS) } aria-hidden="true" { (initial) } }
}

/// Those that agents.toml names, in its order, then every other that says it belongs to this role: a new skill shows by itself.
pub(crate) fn skills_of<'a>(role: &'a Role, team: &'a Team) -> impl Iterator<Item = &'a Manifest> {
    let manifests = team.manifests();
    let named = role.skills.iter().filter_map(|name| manifests.get(name));
    let others =
        manifests.values().filter(|manifest| manifest.role == role.id && !role.skills.contains(&manifest.name));
    named.chain(others)
}

fn skill(manifest: &Manifest, team: &Team) -> Markup {
    let guest = team.get(&manifest.name).and_then(|member| member.plugin.as_ref());
    html! {
        button.skill type="button" data-skill=(manifest.name) data-title=(manifest.title) data-about=(manifest.description) {
            span.name { (manifest.title) @if let Some(guest) = guest { " " (plugin::badge(&guest.author)) } }
            span.about { (manifest.description) }
            span.run aria-hidden="true" { (Icon::Play.draw()) }
        }
        @if !manifest.fields.is_empty() { template #{ "fields-" (manifest.name) } { (run::fields(manifest)) } }
    }
}
