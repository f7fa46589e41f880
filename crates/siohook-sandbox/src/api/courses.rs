use axum::response::Response;
use serde::Serialize;

use super::call::{Call, found};
use super::page::Page;
use super::problem::Problem;
use super::violation::BLANK;
use super::violations::Violations;
use crate::state::{Course, Module};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View<'a> {
    id: u64,
    locale: &'a str,
    domain_name: Option<&'a str>,
    path: &'a str,
    active: bool,
    name: &'a str,
    modules: &'a [Module],
    description: Option<&'a str>,
}

impl<'a> View<'a> {
    fn of(course: &'a Course) -> Self {
        Self {
            id: course.id,
            locale: &course.locale,
            domain_name: course.domain_name.as_deref(),
            path: &course.path,
            active: course.active,
            name: &course.name,
            modules: &course.modules,
            description: course.description.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct ModuleView<'a> {
    id: u64,
    name: &'a str,
    /// Place in the course, from 1.
    position: usize,
}

pub(super) fn list(call: &mut Call<'_>) -> Result<Response, Problem> {
    let mut violations = Violations::default();
    let page = Page::read(&call.query, &mut violations);
    let active = call.query.flag("active", &mut violations);
    violations.check()?;

    let search = call.query.search();
    let courses = call.state.courses.iter().filter(|(_, course)| {
        let is_wanted = active.is_none_or(|active| active == course.active);
        is_wanted && course.name.to_lowercase().contains(&search)
    });
    Ok(found(
        &page.of(courses.map(|(id, course)| (*id, View::of(course)))),
    ))
}

pub(super) fn list_modules(call: &mut Call<'_>) -> Result<Response, Problem> {
    let mut violations = Violations::default();
    let page = Page::read(&call.query, &mut violations);
    if call.query.text("courseId").is_none() {
        violations.add("courseId", BLANK);
    }
    let course = call.query.id("courseId", &mut violations);
    violations.check()?;

    let course = course.and_then(|id| call.state.courses.get(&id));
    let modules = course.map_or(&[][..], |course| &course.modules);
    let views = modules
        .iter()
        .zip(1..)
        .map(|(module, position)| ModuleView {
            id: module.id,
            name: &module.name,
            position,
        });
    let mut views: Vec<_> = views.map(|view| (view.id, view)).collect();
    views.sort_by_key(|(id, _)| *id);
    Ok(found(&page.of(views.into_iter())))
}
