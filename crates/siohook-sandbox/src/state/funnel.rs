use serde::{Deserialize, Serialize};

/// Series of pages.
///
/// ```
/// use siohook_sandbox::state::Funnel;
///
/// let funnel: Funnel = serde_json::from_str(
///     r#"{"id": 1, "name": "F", "steps": [{"id": 3, "name": "Squeeze page", "type": "squeeze"}]}"#,
/// )?;
/// assert_eq!(funnel.steps[0].r#type, "squeeze");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Funnel {
    /// Funnel id.
    pub id: u64,
    /// Name that the owner chose.
    pub name: String,
    /// Pages in their order.
    pub steps: Vec<Step>,
}

/// Page of a funnel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Step id.
    pub id: u64,
    /// Name that the owner chose.
    pub name: String,
    /// Kind of page: `squeeze`, `offer-form`, `opt_in_thank_you_page`, `webinar_registration`.
    pub r#type: String,
}

/// Blog of the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blog {
    /// Blog id.
    pub id: u64,
    /// Name that the owner chose.
    pub name: String,
    /// Pages.
    pub pages: Vec<BlogPage>,
}

/// Page of a blog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlogPage {
    /// Page id.
    pub id: u64,
    /// Name that the owner chose.
    pub name: String,
}
