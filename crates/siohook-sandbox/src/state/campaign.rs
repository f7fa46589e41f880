use serde::{Deserialize, Serialize};

/// Series of e-mails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Campaign {
    /// Campaign id.
    pub id: u64,
    /// Name that the owner chose.
    pub name: String,
    /// Description that the owner wrote.
    pub description: Option<String>,
}

/// E-mail that can be sent to contacts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Email {
    /// E-mail id.
    pub id: u64,
    /// Subject line.
    pub subject: String,
}

/// Webinar with a page to register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webinar {
    /// Webinar id.
    pub id: u64,
    /// Length in seconds.
    pub duration: u32,
    /// Id of the funnel step to register.
    pub step: u64,
}
