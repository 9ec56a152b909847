//! Who can be run now: the built-in skills always, plugins as they come, change and go while runs go on.
//!
//! Whoever asks takes one [`Team`] and keeps it for as long as its answers must fit together: a page, a turn of a talk, the acceptance of
//! a run. A change makes a new team and never touches one that was handed out, so a run in flight keeps the code that it began with.
//! A plugin never takes the name of a built-in skill, and nothing here decides what a shop granted.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use xiaoer_sdk::{Manifest, Skill};

use crate::config::Config;
use crate::plugin::Package;
use crate::run::Pinned;

/// Everybody who can be run, as of one moment.
#[derive(Default)]
pub struct Team {
    members: BTreeMap<String, Member>,
    manifests: BTreeMap<String, Manifest>,
}

/// One skill on the team.
#[derive(Clone)]
pub struct Member {
    /// What is run.
    pub skill: Arc<dyn Skill>,
    /// Where it came from, if it is not built in.
    pub plugin: Option<Plugin>,
}

/// A plugin that is on the team.
#[derive(Clone)]
pub struct Plugin {
    /// The key of its author, in hex; empty for a folder on this machine that nobody signed.
    pub author: String,
    /// What it consists of.
    pub package: Arc<Package>,
}

/// The handle that everything shares.
#[derive(Clone)]
pub struct Staff {
    built_in: Arc<BTreeMap<String, Member>>,
    now: Arc<RwLock<Arc<Team>>>,
}

impl Team {
    fn of(members: BTreeMap<String, Member>) -> Self {
        let manifests = members.iter().map(|(name, member)| (name.clone(), member.skill.manifest())).collect();
        Self { members, manifests }
    }

    /// Who goes by this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Member> {
        self.members.get(name)
    }

    /// What everybody declares, by name.
    #[must_use]
    pub fn manifests(&self) -> &BTreeMap<String, Manifest> {
        &self.manifests
    }

    /// What merchants call a skill; its name where it is gone.
    #[must_use]
    pub fn title<'a>(&'a self, name: &'a str) -> &'a str {
        self.manifests.get(name).map_or(name, |manifest| &manifest.title)
    }
}

impl Member {
    /// One that is compiled in.
    #[must_use]
    pub fn built_in(skill: Arc<dyn Skill>) -> Self {
        Self { skill, plugin: None }
    }

    /// What a run of it stores, so that it is run by this code and no other; none for a built-in skill.
    #[must_use]
    pub fn pinned(&self) -> Option<Pinned> {
        let plugin = self.plugin.as_ref()?;
        Some(Pinned { author: plugin.author.clone(), digest: plugin.package.digest.clone() })
    }
}

impl Staff {
    /// The built-in skills, held against agents.toml.
    ///
    /// # Errors
    /// A sentence for the operator: two skills of one name, or a role that there is not.
    pub fn hire(skills: impl IntoIterator<Item = Arc<dyn Skill>>, config: &Config) -> anyhow::Result<Self> {
        let mut members = BTreeMap::new();
        for skill in skills {
            let Manifest { name, role, .. } = skill.manifest();
            anyhow::ensure!(
                config.roles.iter().any(|known| known.id == role),
                "the skill {name:?} belongs to the role {role:?}, which agents.toml does not have"
            );
            anyhow::ensure!(
                members.insert(name.clone(), Member::built_in(skill)).is_none(),
                "two skills are called {name:?}"
            );
        }
        let team = Arc::new(Team::of(members.clone()));
        Ok(Self { built_in: Arc::new(members), now: Arc::new(RwLock::new(team)) })
    }

    /// Whether agents.toml names only built-in skills.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn agrees_with(&self, config: &Config) -> anyhow::Result<()> {
        let there_is = |name: &String| self.built_in.contains_key(name);
        for role in &config.roles {
            if let Some(name) = role.skills.iter().find(|name| !there_is(name)) {
                let known: Vec<_> = self.built_in.keys().map(String::as_str).collect();
                let known = known.join(", ");
                anyhow::bail!("role {:?} has the skill {name:?}, which there is not; known: {known}", role.id);
            }
        }
        if let Some(schedule) = config.schedules.iter().find(|schedule| !there_is(&schedule.skill)) {
            anyhow::bail!("schedule {:?} runs {:?}, which there is not", schedule.name, schedule.skill);
        }
        if let Some(name) = config.chat.skills.keys().find(|name| !there_is(name)) {
            anyhow::bail!("[chat.skills.{name}] is about a skill which there is not");
        }
        Ok(())
    }

    /// The team as it is now.
    ///
    /// # Panics
    /// Never in practice: nothing panics while a team is put in its place.
    #[must_use]
    pub fn now(&self) -> Arc<Team> {
        Arc::clone(&self.now.read().expect("nothing panics while a team is put in its place"))
    }

    /// Whether a name is a built-in skill's.
    #[must_use]
    pub fn is_built_in(&self, name: &str) -> bool {
        self.built_in.contains_key(name)
    }

    /// From here on these plugins are on the team, and no others. One that is called like a built-in skill stays outside.
    ///
    /// # Panics
    /// As [`Staff::now`].
    pub fn plugins(&self, plugins: impl IntoIterator<Item = Member>) {
        let outside = plugins.into_iter().map(|member| (member.skill.manifest().name, member));
        let mut members: BTreeMap<_, _> = outside.collect();
        members.extend(self.built_in.iter().map(|(name, member)| (name.clone(), member.clone())));
        *self.now.write().expect("nothing panics while a team is put in its place") = Arc::new(Team::of(members));
    }
}

#[cfg(test)]
mod tests {
    use xiaoer_sdk::{Context, Input, Report, SkillError, async_trait};

    use super::*;

    struct Named(&'static str, &'static str);

    #[async_trait]
    impl Skill for Named {
        fn manifest(&self) -> Manifest {
            Manifest::new("data", self.0, self.1)
        }

        async fn run(&self, cx: &Context, _: Input) -> Result<Report, SkillError> {
            Ok(Report::new(self.1, cx.as_of()))
        }
    }

    fn member(name: &'static str, title: &'static str) -> Member {
        Member::built_in(Arc::new(Named(name, title)))
    }

    fn staff() -> Staff {
        let built_in: BTreeMap<_, _> = [("own".to_owned(), member("own", "自带"))].into();
        Staff { now: Arc::new(RwLock::new(Arc::new(Team::of(built_in.clone())))), built_in: Arc::new(built_in) }
    }

    #[test]
    fn a_team_that_was_handed_out_does_not_change() {
        let staff = staff();
        staff.plugins([member("guest", "第一版")]);
        let before = staff.now();
        staff.plugins([member("guest", "第二版"), member("other", "另一个")]);
        assert_eq!((before.title("guest"), staff.now().title("guest")), ("第一版", "第二版"));
        assert!(before.get("other").is_none());
        staff.plugins([]);
        assert_eq!(staff.now().manifests().keys().collect::<Vec<_>>(), ["own"]);
    }

    #[test]
    fn a_plugin_takes_no_built_in_skills_place() {
        let staff = staff();
        staff.plugins([member("own", "冒名")]);
        assert_eq!(staff.now().title("own"), "自带");
    }
}
