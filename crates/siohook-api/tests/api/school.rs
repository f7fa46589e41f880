use serde_json::json;
use siohook_api::{AccessType, NewContact, NewEnrollment, Order};
use siohook_events::ids::{CourseId, EnrollmentId};

use crate::{BLANK, CHOICE, World, assert_invalid, assert_not_found};

impl World {
    fn course(&self, name: &str, active: bool) -> CourseId {
        let modules = [
            json!({"id": 1, "name": "First"}),
            json!({"id": 2, "name": "Second"}),
        ];
        let course = json!({
            "name": name, "description": "About", "locale": "en", "domain_name": null,
            "path": "course", "active": active, "modules": modules,
        });
        let id = self.make(course, |state, id, course| {
            state.courses.insert(id, course);
        });
        id.into()
    }
}

#[tokio::test]
async fn courses_and_their_modules_are_listed() {
    let world = World::new().await;
    let (cooking, baking) = (world.course("Cooking", true), world.course("Baking", false));
    let client = world.client;
    let courses = client
        .courses()
        .order(Order::Ascending)
        .all()
        .await
        .unwrap();
    let [first, second] = &courses[..] else {
        panic!("{courses:?}")
    };
    assert_eq!((first.id, second.id), (cooking, baking));
    assert_eq!(
        (&*first.name, first.active, first.modules.len()),
        ("Cooking", true, 2)
    );
    assert_eq!(first.description.as_deref(), Some("About"));
    assert_eq!(
        client.courses().active(false).all().await.unwrap(),
        courses[1..]
    );
    assert_eq!(
        client.courses().search("cook").all().await.unwrap(),
        courses[..1]
    );

    let modules = client
        .course_modules(cooking)
        .order(Order::Ascending)
        .all()
        .await
        .unwrap();
    let modules: Vec<_> = modules
        .iter()
        .map(|one| (one.id.get(), &*one.name, one.position))
        .collect();
    assert_eq!(modules, [(1, "First", Some(1)), (2, "Second", Some(2))]);
    assert!(
        client
            .course_modules(9.into())
            .all()
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn contacts_are_enrolled() {
    let world = World::new().await;
    let course = world.course("Cooking", true);
    let other = world.course("Baking", true);
    let World { sandbox, client } = world;
    let jane = client
        .create_contact(&NewContact::new("jane@example.com"))
        .await
        .unwrap();
    let new = NewEnrollment::new(jane.id);
    let part = new
        .clone()
        .access(AccessType::PartialAccess)
        .modules([2.into()]);
    let enrollment = client.enroll(course, &part).await.unwrap();
    assert_eq!(
        (enrollment.course.id, enrollment.contact.id),
        (course, jane.id)
    );
    assert_eq!(enrollment.access_type, AccessType::PartialAccess);
    assert!(enrollment.active);
    let there = sandbox.state().enrolments[&enrollment.id.get()].clone();
    assert_eq!((there.contact, there.modules), (jane.id.get(), vec![2]));
    let all = client.enrollments().all().await.unwrap();
    assert_eq!(all, std::slice::from_ref(&enrollment));
    let none = client
        .enrollments()
        .course(other)
        .contact(jane.id)
        .all()
        .await;
    assert!(none.unwrap().is_empty());

    let wrong = NewEnrollment::new(9.into()).access(AccessType::PartialDrippingAccess);
    let missing = "Contact with ID 9 not found.";
    assert_invalid(
        client.enroll(course, &wrong).await,
        &[("contactId", missing), ("modules", BLANK)],
    );
    let wrong = part
        .access(AccessType::Other("all".to_owned()))
        .modules([7.into()]);
    assert_invalid(
        client.enroll(course, &wrong).await,
        &[("accessType", CHOICE), ("modules[0]", CHOICE)],
    );
    assert_not_found(client.enroll(CourseId::from(9), &new).await);
    client.delete_enrollment(enrollment.id).await.unwrap();
    assert!(sandbox.state().enrolments.is_empty());
    assert_not_found(client.delete_enrollment(EnrollmentId::from(9)).await);
}
