use axum::Json;
use serde_json::{Value, json};
use siohook_events::events;

use crate::state::Topic;

/// The names of what can be fired.
pub(super) async fn get() -> Json<Value> {
    let events = events().iter().map(|event| {
        json!({
            "name": event.name(),
            "mechanism": event.mechanism(),
            "summary": event.summary(),
        })
    });
    let events: Vec<_> = events.collect();
    let actions: Vec<_> = Topic::actions().collect();
    Json(json!({ "events": events, "actions": actions }))
}
