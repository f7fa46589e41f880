//! Courses, bundles, communities, and who has access to them.

use serde_json::{Value, json};

use super::draft::Draft;
use super::object::{Object, lies_in};
use crate::state::{Bundle, Community, Course, Enrolment, LOCALES, Membership, State};
use crate::strict::Misfit;

impl Object for Course {
    const NAME: &'static str = "course";
    lies_in!(courses);

    fn read(draft: &mut Draft<'_>, state: &State) -> Result<Self, Misfit> {
        draft.or("locale", "en");
        let path = path_of(&draft.text("name"));
        draft.or("path", path);
        draft.or("active", true);
        draft.or("modules", json!([]));
        read_modules(draft)?;
        let course: Self = draft.read(state)?;
        check_locale(&course.locale)?;
        Ok(course)
    }

    fn clean_up(&self, state: &mut State) {
        state.delete_with_course(self.id);
    }
}

/// Makes objects of modules that are given by their names, and ids for new ones.
fn read_modules(draft: &mut Draft<'_>) -> Result<(), Misfit> {
    let ids_of = |modules: &Value| {
        let modules = modules.as_array().into_iter().flatten();
        let ids = modules.filter_map(|module| module["id"].as_u64());
        ids.collect::<Vec<_>>()
    };
    let mut old = draft
        .old
        .as_ref()
        .map_or(vec![], |old| ids_of(&old["modules"]));
    let Some(Value::Array(modules)) = draft.members.get_mut("modules") else {
        return Ok(());
    };
    for (index, module) in modules.iter_mut().enumerate() {
        if let Value::String(name) = module {
            let at = format!("/modules/{index}");
            Misfit::unless(!name.trim().is_empty(), &at, "this is empty")?;
            *module = json!({"name": name});
        }
        let Value::Object(members) = module else {
            continue;
        };
        match members.get("id").map(Value::as_u64) {
            None => {
                members.insert("id".to_owned(), draft.ids.number().into());
            }
            Some(given) => {
                let found = old.iter().position(|id| Some(*id) == given);
                let at = format!("/modules/{index}/id");
                let error = "this is not the id of a module of the course, or it is twice here";
                old.remove(found.ok_or_else(|| Misfit::new(at, error))?);
            }
        }
    }
    Ok(())
}

/// The path of the first page.
fn path_of(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

/// Refuses a language that systeme.io does not have.
pub(super) fn check_locale(locale: &str) -> Result<(), Misfit> {
    if LOCALES.contains(&locale) {
        return Ok(());
    }
    Err(Misfit::unknown("/locale", locale, LOCALES))
}

impl Object for Bundle {
    const NAME: &'static str = "bundle";
    lies_in!(bundles);

    fn read(draft: &mut Draft<'_>, state: &State) -> Result<Self, Misfit> {
        draft.or("courses", json!([]));
        draft.read(state)
    }
}

impl Object for Community {
    const NAME: &'static str = "community";
    lies_in!(communities);

    fn read(draft: &mut Draft<'_>, state: &State) -> Result<Self, Misfit> {
        draft.or("domain_name", "community.example.com");
        let path = path_of(&draft.text("name"));
        draft.or("path", path);
        draft.read(state)
    }

    fn clean_up(&self, state: &mut State) {
        state.memberships.retain(|_, one| one.community != self.id);
    }
}

impl Object for Enrolment {
    const NAME: &'static str = "enrolment";
    const METHODS: &'static [&'static str] = &["DELETE"];
    lies_in!(enrolments);
}

impl Object for Membership {
    const NAME: &'static str = "membership";
    const METHODS: &'static [&'static str] = &["DELETE"];
    lies_in!(memberships);
}
