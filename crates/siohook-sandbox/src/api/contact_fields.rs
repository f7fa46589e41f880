use axum::response::Response;
use serde::Serialize;

use super::call::{Call, created, deleted, found};
use super::check::is_slug;
use super::page::Listing;
use super::problem::Problem;
use super::violation::{BLANK, NOT_VALID, USED};
use super::violations::Violations;
use crate::state::ContactField;

/// The longest name.
pub(super) const LONGEST: usize = 255;

#[derive(Serialize)]
struct View<'a> {
    slug: &'a str,
    #[serde(rename = "fieldName")]
    name: &'a str,
}

impl<'a> View<'a> {
    fn of(field: &'a ContactField) -> Self {
        Self {
            slug: &field.slug,
            name: &field.field_name,
        }
    }
}

pub(super) fn list(call: &mut Call<'_>) -> Response {
    found(&Listing::all(
        call.state.contact_fields.iter().map(View::of),
    ))
}

pub(super) fn create(call: &mut Call<'_>) -> Result<Response, Problem> {
    let mut violations = Violations::default();
    let field_name = read_name(call, &mut violations)?;
    let slug = call.input.text("slug")?.unwrap_or_default();
    if slug.is_empty() {
        violations.add("slug", BLANK);
    } else if !is_slug(&slug) {
        violations.add("slug", NOT_VALID);
    } else if call.state.contact_fields.iter().any(|one| one.slug == slug) {
        violations.add("slug", USED);
    }
    violations.check()?;

    let field = ContactField { slug, field_name };
    let answer = created(&View::of(&field));
    call.state.contact_fields.push(field);
    Ok(answer)
}

pub(super) fn update(call: &mut Call<'_>) -> Result<Response, Problem> {
    let (slug, mut violations) = (call.key(0).to_owned(), Violations::default());
    let name = read_name(call, &mut violations);
    let mut fields = call.state.contact_fields.iter_mut();
    let field = fields.find(|field| field.slug == slug);
    let field = field.ok_or_else(Problem::not_found)?;
    let name = name?;
    violations.check()?;

    field.field_name = name;
    Ok(found(&View::of(field)))
}

pub(super) fn delete(call: &mut Call<'_>) -> Result<Response, Problem> {
    let slug = call.key(0).to_owned();
    deleted(call.state.delete_contact_field(&slug))
}

fn read_name(call: &mut Call<'_>, violations: &mut Violations) -> Result<String, Problem> {
    let name = call.input.text("fieldName")?;
    violations.check_text("fieldName", name.as_deref(), LONGEST);
    Ok(name.unwrap_or_default())
}
