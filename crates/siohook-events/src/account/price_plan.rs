use serde::{Deserialize, Serialize};
use serde_json::Number;
#[cfg(feature = "schema")]
use {crate::schema::tolerant, schemars::JsonSchema};

use crate::ids::PricePlanId;
use crate::{MinorUnits, lenient};

/// An offer and its price.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::account::PricePlan;
///
/// let plan: PricePlan = serde_json::from_str(
///     r#"{"id": 3456911, "name": "Atelier", "amount": 4700, "currency": "eur"}"#,
/// )?;
/// assert_eq!(plan.amount.decimal(&plan.currency).to_string(), "47.00");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.PricePlan"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PricePlan {
    /// Price plan id. It changes when the owner edits the offer. Captured.
    pub id: PricePlanId,
    /// Name that customers see. Captured.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
    /// `one_shot`, `subscription` or another. Captured.
    #[serde(default)]
    pub r#type: Option<String>,
    /// List price of one payment, in minor units of the currency. Captured.
    pub amount: MinorUnits,
    /// Currency as lower-case ISO 4217: `eur`. Captured.
    pub currency: String,
    /// Name that only the owner sees. Captured.
    #[serde(default)]
    pub inner_name: Option<String>,
    /// Rhythm of a subscription. Captured.
    #[serde(default, deserialize_with = "lenient::object")]
    pub recurring_options: Option<RecurringOptions>,
    /// Text on the customer's bank statement. Captured.
    #[serde(default)]
    pub statement_descriptor: Option<String>,
}

/// The rhythm of a subscription.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::account::RecurringOptions;
///
/// let options: RecurringOptions =
///     serde_json::from_str(r#"{"interval": "month", "intervalCount": 1, "limitOfPayments": 3}"#)?;
/// assert_eq!(options.interval.as_deref(), Some("month"));
/// assert_eq!(options.limit_of_payments, Some(3.into()));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.RecurringOptions"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RecurringOptions {
    /// Unit of time between payments: `month`. Captured.
    #[serde(default, deserialize_with = "lenient::text")]
    pub interval: Option<String>,
    /// Number of those units between payments. Captured.
    #[serde(default, deserialize_with = "lenient::number")]
    pub interval_count: Option<Number>,
    /// Length of the trial, 0 for none. Captured.
    #[serde(default, deserialize_with = "lenient::number")]
    pub trial_period: Option<Number>,
    /// Unit of time of the trial: `day`. Captured.
    #[serde(default, deserialize_with = "lenient::text")]
    pub trial_interval: Option<String>,
    /// Number of payments after which the subscription ends. Captured.
    #[serde(default, deserialize_with = "lenient::number")]
    pub limit_of_payments: Option<Number>,
}
