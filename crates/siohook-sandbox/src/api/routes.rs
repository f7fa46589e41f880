use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::header::ALLOW;
use axum::http::{Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::any;

use super::call::{Operation, Reads, answer};
use super::openapi::{self, Description};
use super::problem::Problem;
use super::{
    Api, access, communities, contact_fields, contact_tags, contacts, courses, enrolments,
    subscriptions, tags, webhooks,
};

pub(super) type Route = (Method, &'static str, Reads, Operation, &'static Description);

const GET: Method = Method::GET;
const POST: Method = Method::POST;
const PUT: Method = Method::PUT;
const PATCH: Method = Method::PATCH;
const DELETE: Method = Method::DELETE;

use Reads::{Json, MergePatch, Nothing};

/// All operations.
#[rustfmt::skip]
pub(super) static ROUTES: [Route; 32] = [
    (GET, "/contacts", Nothing, contacts::list, &openapi::contacts::LIST),
    (POST, "/contacts", Json("ContactInput"), contacts::create, &openapi::contacts::CREATE),
    (GET, "/contacts/{id}", Nothing, contacts::get, &openapi::contacts::GET),
    (PATCH, "/contacts/{id}", MergePatch("ContactPatch"), contacts::update, &openapi::contacts::UPDATE),
    (DELETE, "/contacts/{id}", Nothing, contacts::delete, &openapi::contacts::DELETE),
    (POST, "/contacts/{id}/tags", Json("ContactTagInput"), contact_tags::assign, &openapi::contact_tags::ASSIGN),
    (DELETE, "/contacts/{id}/tags/{tagId}", Nothing, contact_tags::unassign, &openapi::contact_tags::UNASSIGN),
    (GET, "/tags", Nothing, tags::list, &openapi::tags::LIST),
    (POST, "/tags", Json("TagInput"), tags::create, &openapi::tags::CREATE),
    (GET, "/tags/{id}", Nothing, tags::get, &openapi::tags::GET),
    (PUT, "/tags/{id}", Json("TagInput"), tags::update, &openapi::tags::UPDATE),
    (DELETE, "/tags/{id}", Nothing, tags::delete, &openapi::tags::DELETE),
    (GET, "/contact_fields", Nothing, |call| Ok(contact_fields::list(call)), &openapi::contact_fields::LIST),
    (POST, "/contact_fields", Json("ContactFieldInput"), contact_fields::create, &openapi::contact_fields::CREATE),
    (PATCH, "/contact_fields/{slug}", MergePatch("ContactFieldPatch"), contact_fields::update, &openapi::contact_fields::UPDATE),
    (DELETE, "/contact_fields/{slug}", Nothing, contact_fields::delete, &openapi::contact_fields::DELETE),
    (GET, "/school/courses", Nothing, courses::list, &openapi::courses::LIST),
    (GET, "/school/course-modules", Nothing, courses::list_modules, &openapi::courses::LIST_MODULES),
    (POST, "/school/courses/{courseId}/enrollments", Json("EnrollmentInput"), enrolments::create, &openapi::enrolments::CREATE),
    (GET, "/school/enrollments", Nothing, enrolments::list, &openapi::enrolments::LIST),
    (DELETE, "/school/enrollments/{id}", Nothing, enrolments::delete, &openapi::enrolments::DELETE),
    (GET, "/community/communities", Nothing, communities::list, &openapi::communities::LIST),
    (POST, "/community/communities/{communityId}/memberships", Json("MembershipInput"), communities::join, &openapi::communities::JOIN),
    (GET, "/community/memberships", Nothing, communities::list_memberships, &openapi::communities::LIST_MEMBERSHIPS),
    (DELETE, "/community/memberships/{id}", Nothing, communities::leave, &openapi::communities::LEAVE),
    (GET, "/payment/subscriptions", Nothing, subscriptions::list, &openapi::subscriptions::LIST),
    (POST, "/payment/subscriptions/{id}/cancel", Json("CancelInput"), subscriptions::cancel, &openapi::subscriptions::CANCEL),
    (GET, "/webhooks", Nothing, |call| Ok(webhooks::list(call)), &openapi::webhooks::LIST),
    (POST, "/webhooks", Json("WebhookInput"), webhooks::create, &openapi::webhooks::CREATE),
    (GET, "/webhooks/{id}", Nothing, webhooks::get, &openapi::webhooks::GET),
    (PATCH, "/webhooks/{id}", MergePatch("WebhookPatch"), webhooks::update, &openapi::webhooks::UPDATE),
    (DELETE, "/webhooks/{id}", Nothing, webhooks::delete, &openapi::webhooks::DELETE),
];

pub(super) fn router(api: Arc<Api>) -> Router {
    let mut routes = Router::new();
    for path in ["/api", "/api/", "/api/{*rest}"] {
        routes = routes.route(path, any(async || Problem::not_found()));
    }
    for path in paths() {
        let api = Arc::clone(&api);
        let handler = move |request: Request| {
            let api = Arc::clone(&api);
            async move { dispatch(&api, path, request).await }
        };
        routes = routes.route(&format!("/api{path}"), any(handler));
    }
    // Other faces of the sandbox have layers and fallbacks of their own.
    routes.route_layer(from_fn_with_state(api, access::gate))
}

/// Answers with the operation of the method.
async fn dispatch(api: &Api, path: &str, request: Request) -> Response {
    let rows = || ROUTES.iter().filter(|(_, own, ..)| *own == path);
    let method = match *request.method() {
        Method::HEAD => GET,
        ref other => other.clone(),
    };
    if let Some((_, _, reads, operation, _)) = rows().find(|(own, ..)| *own == method) {
        return answer(api, *reads, *operation, request).await;
    }
    let detail = format!("Method Not Allowed: {method}");
    let problem = Problem::Status(StatusCode::METHOD_NOT_ALLOWED, detail);
    let mut answer = problem.into_response();
    let methods: Vec<_> = rows().map(|(method, ..)| method.as_str()).collect();
    if let Ok(methods) = methods.join(", ").parse() {
        answer.headers_mut().insert(ALLOW, methods);
    }
    answer
}

/// The paths of all operations.
fn paths() -> BTreeSet<&'static str> {
    ROUTES.iter().map(|(_, path, ..)| *path).collect()
}

/// Methods and paths of all operations.
#[cfg(test)]
pub(super) fn operations() -> impl Iterator<Item = (&'static str, &'static str)> {
    ROUTES
        .iter()
        .map(|(method, path, ..)| (method.as_str(), *path))
}
