//! A route is tried without a socket: a sample is a request.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use siohook::testing::{Sample, TestDispatcher};
use siohook::{Delivery, on_event};
use tower::ServiceExt;

#[on_event("*")]
fn log(delivery: &Delivery) {
    println!("{}", delivery.event());
}

fn app() -> Router {
    let dispatcher = TestDispatcher::builder().build();
    Router::new().route_service("/systeme", dispatcher.dispatcher().service())
}

async fn status(app: &Router, sample: &Sample) -> StatusCode {
    let request = sample.request("/systeme").expect("it is a path");
    let request = Request::from(request).map(Body::from);
    let response = app.clone().oneshot(request).await;
    response.expect("a router always answers").status()
}

#[tokio::test]
async fn every_sample_is_accepted() {
    for sample in Sample::all() {
        assert_eq!(status(&app(), &sample).await, StatusCode::OK, "{sample}");
    }
}

#[tokio::test]
async fn what_is_forged_is_not() {
    let app = app();
    for sample in [
        Sample::of("SALE_NEW").signed_with("a guess"),
        Sample::of("SALE_NEW")
            .signed_as_is()
            .set("/pricePlan/amount", 1),
        Sample::of("contact.tag.added").unsigned(),
    ] {
        assert_eq!(
            status(&app, &sample).await,
            StatusCode::UNAUTHORIZED,
            "{sample}"
        );
    }
}
