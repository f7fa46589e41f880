//! Finds objects by id or name, or makes them.

use std::collections::BTreeMap;

use siohook_events::Timestamp;
use siohook_sender::nearest;

use super::run::Run;
use super::with::{Ref, With};
use crate::state::{
    Bundle, Campaign, Community, Course, Email, Funnel, PricePlan, State, Step, Tag,
};
use crate::strict::Misfit;

/// Something that a [`Ref`] can name.
pub(super) trait Named: Sized {
    const WHAT: &'static str;
    /// The name of one that is made without being asked for.
    const DEFAULT: &'static str;

    fn name(&self) -> &str;
    fn objects(state: &mut State) -> &mut BTreeMap<u64, Self>;
    fn make(id: u64, name: String, now: Timestamp) -> Self;
}

macro_rules! named {
    ($($type:ident: $what:literal, $objects:ident, $field:ident, $default:literal,
        |$id:ident, $name:ident, $now:ident| $make:expr;)*) => {
        $(impl Named for $type {
            const WHAT: &'static str = $what;
            const DEFAULT: &'static str = $default;

            fn name(&self) -> &str {
                &self.$field
            }

            fn objects(state: &mut State) -> &mut BTreeMap<u64, Self> {
                &mut state.$objects
            }

            fn make($id: u64, $name: String, $now: Timestamp) -> Self {
                $make
            }
        })*
    };
}

named! {
    Bundle: "bundle", bundles, name, "Bundle", |id, name, _now| Self { id, name, courses: vec![] };
    Campaign: "campaign", campaigns, name, "Campaign", |id, name, _now| Self {
        id,
        name,
        description: None,
    };
    Community: "community", communities, name, "Community", |id, name, _now| Self {
        id,
        name,
        domain_name: "community.example.com".to_owned(),
        path: id.to_string(),
    };
    Course: "course", courses, name, "Course", |id, name, _now| Self {
        id,
        name,
        description: None,
        locale: "en".to_owned(),
        domain_name: None,
        path: id.to_string(),
        active: true,
        modules: vec![],
    };
    Email: "email", emails, subject, "Welcome", |id, subject, _now| Self { id, subject };
    PricePlan: "price_plan", price_plans, name, "Course", |id, name, _now| {
        PricePlan::named(id, &name)
    };
    Tag: "tag", tags, name, "VIP", |id, name, created_at| Self { id, name, created_at };
}

impl Run<'_> {
    /// The given object, the first one, or a new one.
    pub(super) fn find<T: Named>(&mut self, given: Option<&Ref>) -> Result<u64, Misfit> {
        let Some(given) = given else {
            let first = T::objects(self.state).keys().next().copied();
            return Ok(first.unwrap_or_else(|| self.make::<T>(T::DEFAULT)));
        };
        let objects = T::objects(self.state).iter();
        let objects: Vec<_> = objects.map(|(id, one)| (*id, one.name())).collect();
        match (find_in(&objects, given, T::WHAT), given) {
            (Err(_), Ref::Name(name)) if self.makes_missing => Ok(self.make::<T>(name)),
            (found, _) => found,
        }
    }

    pub(super) fn make<T: Named>(&mut self, name: &str) -> u64 {
        let id = self.state.ids.number();
        let made = T::make(id, name.to_owned(), self.now);
        T::objects(self.state).insert(id, made);
        id
    }

    /// The given funnel step, the first of this type, or a new one.
    pub(super) fn stage_step(&mut self, with: &With, r#type: &str) -> Result<u64, Misfit> {
        let name = match &with.funnel_step {
            Some(step) => match (self.find_step(step), step) {
                (Err(_), Ref::Name(name)) if self.makes_missing => name,
                (found, _) => return found,
            },
            None => match self.first_step(r#type) {
                Some(first) => return Ok(first),
                None => "Page",
            },
        };
        let (funnel, id) = (self.state.ids.number(), self.state.ids.number());
        let step = Step {
            id,
            name: name.to_owned(),
            r#type: r#type.to_owned(),
        };
        let funnel = Funnel {
            id: funnel,
            name: "Funnel".to_owned(),
            steps: vec![step],
        };
        self.state.funnels.insert(funnel.id, funnel);
        Ok(id)
    }

    pub(super) fn first_step(&self, r#type: &str) -> Option<u64> {
        let mut steps = self.state.funnels.values().flat_map(|one| &one.steps);
        Some(steps.find(|step| step.r#type == r#type)?.id)
    }

    pub(super) fn find_step(&self, step: &Ref) -> Result<u64, Misfit> {
        let steps = self.state.funnels.values().flat_map(|one| &one.steps);
        let steps: Vec<_> = steps.map(|step| (step.id, &*step.name)).collect();
        find_in(&steps, step, "funnel_step")
    }

    pub(super) fn find_page(&self, page: &Ref) -> Result<u64, Misfit> {
        let pages = self.state.blogs.values().flat_map(|one| &one.pages);
        let pages: Vec<_> = pages.map(|page| (page.id, &*page.name)).collect();
        find_in(&pages, page, "page")
    }
}

/// Finds an object among ids and names.
fn find_in(objects: &[(u64, &str)], given: &Ref, what: &str) -> Result<u64, Misfit> {
    let found = objects.iter().find(|(id, name)| match given {
        Ref::Id(given) => id == given,
        Ref::Name(given) => name == given,
    });
    if let Some((id, _)) = found {
        return Ok(*id);
    }
    let (at, what) = (format!("/with/{what}"), what.replace('_', " "));
    Err(match given {
        Ref::Id(id) => Misfit::new(at, format!("there is no {what} {id}")),
        Ref::Name(name) => {
            let near = nearest(name, objects.iter().map(|(_, name)| *name));
            Misfit::new(at, format!("there is no {what} `{name}`")).suggesting(near)
        }
    })
}
