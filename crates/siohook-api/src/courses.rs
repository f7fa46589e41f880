use serde::{Deserialize, Serialize};
use siohook_events::account::Contact;
use siohook_events::ids::{ContactId, CourseId, CourseModuleId, EnrollmentId};

use crate::list::{Cursor, List};
use crate::{Client, Error};

/// A course of the school.
///
/// ```
/// use siohook_api::Course;
/// use siohook_events::ids::CourseModuleId;
///
/// fn first_module(course: &Course) -> Option<CourseModuleId> {
///     Some(course.modules.first()?.id)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Course {
    /// Course id.
    pub id: CourseId,
    /// Name that the owner chose.
    pub name: String,
    /// Description that the owner wrote.
    #[serde(default)]
    pub description: Option<String>,
    /// Language of the pages.
    #[serde(default)]
    pub locale: Option<String>,
    /// Domain of the pages. `None` if it is the account's.
    #[serde(default)]
    pub domain_name: Option<String>,
    /// Path of the first page.
    #[serde(default)]
    pub path: Option<String>,
    /// Whether it is published.
    #[serde(default)]
    pub active: bool,
    /// Its modules. The course of an [`Enrollment`] has none.
    #[serde(default)]
    pub modules: Vec<CourseModule>,
}

/// A module of a course.
///
/// ```
/// fn is_first(module: &siohook_api::CourseModule) -> bool {
///     module.position == Some(1)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CourseModule {
    /// Module id.
    pub id: CourseModuleId,
    /// Name that the owner chose.
    pub name: String,
    /// Place in the course. `None` in a [`Course`], whose modules are in their order.
    #[serde(default)]
    pub position: Option<u32>,
}

/// The access of a contact to a course.
///
/// ```
/// use siohook_api::{AccessType, Enrollment};
///
/// fn sees_everything(enrollment: &Enrollment) -> bool {
///     enrollment.active && enrollment.access_type == AccessType::FullAccess
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Enrollment {
    /// Enrollment id.
    pub id: EnrollmentId,
    /// The contact, without fields and tags.
    pub contact: Contact,
    /// The course.
    pub course: Course,
    /// How much of the course is open.
    pub access_type: AccessType,
    /// Whether the access is open.
    #[serde(default)]
    pub active: bool,
}

words! {
    /// How much of a course is open.
    ///
    /// ```
    /// use siohook_api::AccessType;
    ///
    /// assert_eq!(AccessType::FullAccess.as_str(), "full_access");
    /// assert_eq!(AccessType::from("dripping_content"), AccessType::DrippingContent);
    /// ```
    AccessType {
        /// All modules.
        FullAccess = "full_access",
        /// Some modules.
        PartialAccess = "partial_access",
        /// All modules, one after the other.
        DrippingContent = "dripping_content",
        /// Some modules, one after the other.
        PartialDrippingAccess = "partial_dripping_access",
    }
}

/// The access to be [given](Client::enroll).
///
/// ```
/// use siohook_api::{AccessType, NewEnrollment};
///
/// let whole = NewEnrollment::new(7.into());
/// let part = NewEnrollment::new(7.into())
///     .access(AccessType::PartialAccess)
///     .modules([1.into(), 2.into()]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct NewEnrollment {
    contact_id: ContactId,
    access_type: AccessType,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    modules: Vec<CourseModuleId>,
}

impl NewEnrollment {
    /// Makes a full access of this contact.
    pub fn new(contact: ContactId) -> Self {
        Self {
            contact_id: contact,
            access_type: AccessType::FullAccess,
            modules: vec![],
        }
    }

    /// Sets how much of the course is open. Both partial types need [modules](Self::modules).
    pub fn access(mut self, access: AccessType) -> Self {
        self.access_type = access;
        self
    }

    /// Sets the modules of a partial access.
    pub fn modules(mut self, modules: impl IntoIterator<Item = CourseModuleId>) -> Self {
        self.modules = modules.into_iter().collect();
        self
    }
}

impl Cursor for Course {
    fn cursor(&self) -> u64 {
        self.id.get()
    }
}

impl Cursor for CourseModule {
    fn cursor(&self) -> u64 {
        self.id.get()
    }
}

impl Cursor for Enrollment {
    fn cursor(&self) -> u64 {
        self.id.get()
    }
}

/// # Filters of courses
impl List<Course> {
    /// Keeps courses that are published, or the others.
    pub fn active(self, active: bool) -> Self {
        self.filter("active", active)
    }

    /// Keeps courses whose name contains this text.
    pub fn search(self, text: &str) -> Self {
        self.filter("query", text)
    }
}

/// # Filters of enrollments
impl List<Enrollment> {
    /// Keeps those in this course.
    pub fn course(self, course: CourseId) -> Self {
        self.filter("course", course)
    }

    /// Keeps those of this contact.
    pub fn contact(self, contact: ContactId) -> Self {
        self.filter("contact", contact)
    }
}

/// # Courses
///
/// ```
/// use siohook_api::NewEnrollment;
/// use siohook_events::ids::{ContactId, CourseId};
///
/// # async fn f(client: siohook_api::Client) -> Result<(), siohook_api::Error> {
/// async fn grant(
///     client: &siohook_api::Client,
///     contact: ContactId,
///     course: CourseId,
/// ) -> Result<(), siohook_api::Error> {
///     let mut granted = client.enrollments().course(course).contact(contact);
///     if granted.next().await.transpose()?.is_none() {
///         client.enroll(course, &NewEnrollment::new(contact)).await?;
///     }
///     Ok(())
/// }
/// # grant(&client, 1.into(), 2.into()).await }
/// ```
impl Client {
    /// Lists courses.
    pub fn courses(&self) -> List<Course> {
        List::new(self, "/school/courses")
    }

    /// Lists the modules of a course. The list is empty if there is no such course.
    pub fn course_modules(&self, course: CourseId) -> List<CourseModule> {
        List::new(self, "/school/course-modules").filter("courseId", course)
    }

    /// Lists enrollments.
    pub fn enrollments(&self) -> List<Enrollment> {
        List::new(self, "/school/enrollments")
    }

    /// Gives a contact access to a course.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such course,
    /// [`Invalid`](crate::ErrorKind::Invalid) if there is no such contact or module.
    pub async fn enroll(
        &self,
        course: CourseId,
        enrollment: &NewEnrollment,
    ) -> Result<Enrollment, Error> {
        let path = format!("/school/courses/{course}/enrollments");
        self.post(&path, enrollment).await
    }

    /// Takes the access to a course away.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if the id is unknown.
    pub async fn delete_enrollment(&self, id: EnrollmentId) -> Result<(), Error> {
        self.delete(&format!("/school/enrollments/{id}")).await
    }
}
