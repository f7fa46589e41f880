//! The list.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Json;
use serde_json::{Value, json};

use super::filter::Filter;
use super::group;
use super::problem::Problem;
use super::{Shared, blocking};

/// As many groups as a part of the list has, unless the request says otherwise.
const PART: usize = 200;

/// The latest deliveries that a filter finds: `?q=is:failed&before=k3f9qa&limit=200`. Attempts of
/// one message count once: the earlier ones are in the latest.
pub(super) async fn list(
    State(subject): Shared,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Problem> {
    let (mut filter, mut before, mut limit) = (Filter::default(), None, PART);
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match &*name {
            "q" => filter = Filter::parse(&value)?,
            "before" => before = Some(value.into_owned()),
            "limit" => {
                let number = value
                    .parse()
                    .ok()
                    .filter(|number| (1..=1000).contains(number));
                limit = number.ok_or_else(|| Problem::invalid("limit is a number up to 1000"))?;
            }
            _ => {
                return Err(Problem::invalid(
                    "there are the parameters q, before and limit",
                ));
            }
        }
    }
    let subject = Arc::clone(&subject);
    blocking(move || {
        let rows = subject.index.rows()?;
        let count = |is: fn(&super::index::Row) -> bool| {
            rows.iter().filter(|listed| is(&listed.row)).count()
        };
        let counts = json!({
            "all": rows.len(),
            "refused": count(super::index::Row::is_refused),
            "failed": count(super::index::Row::is_failed),
        });
        let end = match before {
            None => Some(rows.len()),
            Some(before) => rows.iter().position(|listed| listed.row.entry.id == before),
        };
        let end = end.ok_or_else(|| Problem::not_found("there is no such delivery"))?;
        let part = group::part(rows, end, limit, |row| filter.fits(row));
        Ok(Json(json!({
            "deliveries": part.groups,
            "has_more": part.has_more,
            "counts": counts,
        })))
    })
    .await
}
