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
use super::problem::Problem;
use super::{
    Api, access, communities, contact_fields, contact_tags, contacts, courses, enrolments,
    subscriptions, tags, webhooks,
};

type Route = (Method, &'static str, Reads, Operation);

const GET: Method = Method::GET;
const POST: Method = Method::POST;
const PUT: Method = Method::PUT;
const PATCH: Method = Method::PATCH;
const DELETE: Method = Method::DELETE;

use Reads::{Json, MergePatch, Nothing};

/// All operations.
#[rustfmt::skip]
static ROUTES: [Route; 32] = [
    (GET, "/contacts", Nothing, contacts::list),
    (POST, "/contacts", Json, contacts::create),
    (GET, "/contacts/{id}", Nothing, contacts::get),
    (PATCH, "/contacts/{id}", MergePatch, contacts::update),
    (DELETE, "/contacts/{id}", Nothing, contacts::delete),
    (POST, "/contacts/{id}/tags", Json, contact_tags::assign),
    (DELETE, "/contacts/{id}/tags/{tag}", Nothing, contact_tags::unassign),
    (GET, "/tags", Nothing, tags::list),
    (POST, "/tags", Json, tags::create),
    (GET, "/tags/{id}", Nothing, tags::get),
    (PUT, "/tags/{id}", Json, tags::update),
    (DELETE, "/tags/{id}", Nothing, tags::delete),
    (GET, "/contact_fields", Nothing, |call| Ok(contact_fields::list(call))),
    (POST, "/contact_fields", Json, contact_fields::create),
    (PATCH, "/contact_fields/{slug}", MergePatch, contact_fields::update),
    (DELETE, "/contact_fields/{slug}", Nothing, contact_fields::delete),
    (GET, "/school/courses", Nothing, courses::list),
    (GET, "/school/course-modules", Nothing, courses::list_modules),
    (POST, "/school/courses/{id}/enrollments", Json, enrolments::create),
    (GET, "/school/enrollments", Nothing, enrolments::list),
    (DELETE, "/school/enrollments/{id}", Nothing, enrolments::delete),
    (GET, "/community/communities", Nothing, communities::list),
    (POST, "/community/communities/{id}/memberships", Json, communities::join),
    (GET, "/community/memberships", Nothing, communities::list_memberships),
    (DELETE, "/community/memberships/{id}", Nothing, communities::leave),
    (GET, "/payment/subscriptions", Nothing, subscriptions::list),
    (POST, "/payment/subscriptions/{id}/cancel", Json, subscriptions::cancel),
    (GET, "/webhooks", Nothing, |call| Ok(webhooks::list(call))),
    (POST, "/webhooks", Json, webhooks::create),
    (GET, "/webhooks/{id}", Nothing, webhooks::get),
    (PATCH, "/webhooks/{id}", MergePatch, webhooks::update),
    (DELETE, "/webhooks/{id}", Nothing, webhooks::delete),
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
    if let Some((.., reads, operation)) = rows().find(|(own, ..)| *own == method) {
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
