use serde::{Deserialize, Serialize};

/// Course of the school.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Course {
    /// Course id.
    pub id: u64,
    /// Name that the owner chose.
    pub name: String,
    /// Description that the owner wrote.
    pub description: Option<String>,
    /// Language of the pages.
    pub locale: String,
    /// Domain of the pages. `None` if it is the account's.
    pub domain_name: Option<String>,
    /// Path of the first page.
    pub path: String,
    /// Whether it is published.
    pub active: bool,
    /// Parts of the course in their order.
    pub modules: Vec<Module>,
}

/// Part of a course.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Module {
    /// Module id.
    pub id: u64,
    /// Name that the owner chose.
    pub name: String,
}

/// Several courses that are sold together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// Bundle id.
    pub id: u64,
    /// Name that the owner chose.
    pub name: String,
    /// Ids of the courses.
    pub courses: Vec<u64>,
}

/// Access of a contact to a course.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrolment {
    /// Enrolment id.
    pub id: u64,
    /// Contact id.
    pub contact: u64,
    /// Course id.
    pub course: u64,
    /// How much of the course is open.
    pub access_type: AccessType,
    /// Ids of the modules that are open, if the access is partial.
    pub modules: Vec<u64>,
    /// Whether the access is open.
    pub active: bool,
}

/// How much of a course is open.
///
/// ```
/// use siohook_sandbox::state::AccessType;
///
/// assert_eq!(AccessType::named("full_access"), Some(AccessType::FullAccess));
/// assert_eq!(AccessType::default().as_str(), "full_access");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessType {
    /// All modules.
    #[default]
    FullAccess,
    /// Some modules.
    PartialAccess,
    /// All modules, one after the other.
    DrippingContent,
    /// Some modules, one after the other.
    PartialDrippingAccess,
}

impl AccessType {
    pub(crate) const ALL: [Self; 4] = [
        Self::FullAccess,
        Self::PartialAccess,
        Self::DrippingContent,
        Self::PartialDrippingAccess,
    ];

    /// Returns the type of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }

    /// Returns the name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FullAccess => "full_access",
            Self::PartialAccess => "partial_access",
            Self::DrippingContent => "dripping_content",
            Self::PartialDrippingAccess => "partial_dripping_access",
        }
    }

    pub(crate) const fn is_partial(self) -> bool {
        matches!(self, Self::PartialAccess | Self::PartialDrippingAccess)
    }
}
