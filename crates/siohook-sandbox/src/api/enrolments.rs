use axum::response::Response;
use serde::Serialize;

use super::call::{Call, created, deleted, found};
use super::page::Page;
use super::problem::Problem;
use super::violation::{BLANK, NO_CHOICE};
use super::violations::Violations;
use crate::state::{AccessType, Change, Course, Enrolment, State};
use crate::wire::Person;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View<'a> {
    id: u64,
    contact: Person<'a>,
    course: CourseView<'a>,
    access_type: AccessType,
    active: bool,
}

#[derive(Serialize)]
struct CourseView<'a> {
    id: u64,
    locale: &'a str,
    path: &'a str,
    active: bool,
    name: &'a str,
}

impl<'a> View<'a> {
    /// `None` if the course was deleted.
    fn of(state: &'a State, enrolment: &Enrolment) -> Option<Self> {
        let contact = state.contacts.get(&enrolment.contact)?;
        let course = state.courses.get(&enrolment.course)?;
        Some(Self {
            id: enrolment.id,
            contact: Person::brief(contact),
            course: CourseView::of(course),
            access_type: enrolment.access_type,
            active: enrolment.active,
        })
    }
}

impl<'a> CourseView<'a> {
    fn of(course: &'a Course) -> Self {
        Self {
            id: course.id,
            locale: &course.locale,
            path: &course.path,
            active: course.active,
            name: &course.name,
        }
    }
}

pub(super) fn create(call: &mut Call<'_>) -> Result<Response, Problem> {
    let (course, mut violations) = (call.id(0)?, Violations::default());
    let Some(found) = call.state.courses.get(&course) else {
        return Err(Problem::not_found());
    };
    let in_course: Vec<_> = found.modules.iter().map(|module| module.id).collect();
    let is_known = |state: &State, id| state.contacts.contains_key(&id);
    let contact = call.reference("contactId", "Contact", &mut violations, is_known)?;
    let access_type = read_access_type(call, &mut violations)?;
    let modules = read_modules(call, &in_course, access_type, &mut violations)?;
    violations.check()?;

    let change = Change::Enroll {
        contact,
        course,
        access_type,
        modules,
    };
    let id = call.apply(change).ok().flatten();
    let enrolment = id.and_then(|id| call.state.enrolments.get(&id));
    let view = enrolment.and_then(|enrolment| View::of(call.state, enrolment));
    Ok(created(&view.ok_or_else(Problem::not_found)?))
}

fn read_access_type(
    call: &mut Call<'_>,
    violations: &mut Violations,
) -> Result<AccessType, Problem> {
    let name = call.input.text("accessType")?.unwrap_or_default();
    let access_type = AccessType::named(&name);
    if name.is_empty() {
        violations.add("accessType", BLANK);
    } else if access_type.is_none() {
        violations.add("accessType", NO_CHOICE);
    }
    Ok(access_type.unwrap_or_default())
}

fn read_modules(
    call: &mut Call<'_>,
    in_course: &[u64],
    access_type: AccessType,
    violations: &mut Violations,
) -> Result<Vec<u64>, Problem> {
    let given = call.input.integers("modules")?;
    if given.is_empty() && access_type.is_partial() {
        violations.add("modules", BLANK);
    }
    let modules = given
        .iter()
        .map(|id| u64::try_from(*id).unwrap_or_default());
    let modules: Vec<_> = modules.collect();
    for (index, id) in modules.iter().enumerate() {
        if !in_course.contains(id) {
            violations.add(format!("modules[{index}]"), NO_CHOICE);
        }
    }
    Ok(modules)
}

pub(super) fn list(call: &mut Call<'_>) -> Result<Response, Problem> {
    let mut violations = Violations::default();
    let page = Page::read(&call.query, &mut violations);
    let course = call.query.id("course", &mut violations);
    let contact = call.query.id("contact", &mut violations);
    violations.check()?;

    let enrolments = call.state.enrolments.iter().filter(|(_, one)| {
        course.is_none_or(|id| id == one.course) && contact.is_none_or(|id| id == one.contact)
    });
    let views = enrolments.filter_map(|(id, one)| Some((*id, View::of(call.state, one)?)));
    Ok(found(&page.of(views)))
}

pub(super) fn delete(call: &mut Call<'_>) -> Result<Response, Problem> {
    let id = call.id(0)?;
    deleted(call.state.enrolments.remove(&id).is_some())
}
