use siohook_api::{ContactEdit, NewContact};
use siohook_events::ids::{ContactId, TagId};

use crate::{USED, World, assert_invalid, assert_not_found};

#[tokio::test]
async fn contacts_are_created_read_edited_and_deleted() {
    let World { sandbox, client } = World::new().await;
    let new = NewContact::new("jane@example.com").locale("fr");
    let new = new.field("first_name", "Jané").field("country", "FR");
    let jane = client.create_contact(&new).await.unwrap();
    let state = sandbox.state();
    let there = &state.contacts[&jane.id.get()];
    assert_eq!((&*there.email, &*there.locale), ("jane@example.com", "fr"));
    assert_eq!(there.fields["first_name"], "Jané");
    assert_eq!(jane.registered_at, Some(there.registered_at));
    assert_eq!(jane.fields.get("country"), Some("FR"));

    let edit = ContactEdit::new()
        .locale("en")
        .field("surname", "Doe")
        .clear("country");
    let edited = client.edit_contact(jane.id, &edit).await.unwrap();
    assert_eq!(edited, client.contact(jane.id).await.unwrap());
    assert_eq!(edited.locale.as_deref(), Some("en"));
    let there = &sandbox.state().contacts[&jane.id.get()];
    assert_eq!(there.fields.get("country"), None);
    assert_eq!(
        (&*there.fields["surname"], &*there.fields["first_name"]),
        ("Doe", "Jané")
    );

    client.delete_contact(jane.id).await.unwrap();
    assert!(sandbox.state().contacts.is_empty());
}

#[tokio::test]
async fn wrong_contacts_are_refused() {
    let world = World::new().await;
    let client = &world.client;
    let jane = NewContact::new("jane@example.com");
    client.create_contact(&jane).await.unwrap();
    assert_invalid(client.create_contact(&jane).await, &[("email", USED)]);
    let wrong = NewContact::new("jane").locale("xx").field("no_field", "");
    assert_invalid(
        client.create_contact(&wrong).await,
        &[
            ("email", "This value is not a valid email address."),
            ("locale", "The value you selected is not a valid choice."),
            ("fields[0].slug", "This value is not valid."),
        ],
    );
    let id = ContactId::from(9);
    assert_not_found(client.contact(id).await);
    assert_not_found(
        client
            .edit_contact(id, &ContactEdit::new().locale("fr"))
            .await,
    );
    assert_not_found(client.delete_contact(id).await);
    assert_not_found(client.add_tag(id, TagId::from(9)).await);
    assert_not_found(client.remove_tag(id, TagId::from(9)).await);
}

#[tokio::test]
async fn tags_are_put_on_contacts_and_removed() {
    let World { sandbox, client } = World::new().await;
    let jane = client
        .create_contact(&NewContact::new("jane@example.com"))
        .await
        .unwrap();
    let tag = client.create_tag("Reader").await.unwrap();
    for _ in 0..2 {
        client.add_tag(jane.id, tag.id).await.unwrap();
    }
    assert!(
        sandbox.state().contacts[&jane.id.get()]
            .tags
            .contains(&tag.id.get())
    );
    let found = client.contact(jane.id).await.unwrap();
    assert_eq!((found.tags.len(), &*found.tags[0].name), (1, "Reader"));
    client.remove_tag(jane.id, tag.id).await.unwrap();
    assert!(client.contact(jane.id).await.unwrap().tags.is_empty());
    assert_not_found(client.remove_tag(jane.id, tag.id).await);
    assert_invalid(
        client.add_tag(jane.id, TagId::from(9)).await,
        &[("tagId", "Tag with ID 9 not found.")],
    );
}

#[tokio::test]
async fn filters_choose_contacts() {
    let World { sandbox, client } = World::new().await;
    let mut ids = vec![];
    for name in ["ann", "bob+1", "cy"] {
        let new = NewContact::new(format!("{name}@example.com"));
        ids.push(client.create_contact(&new).await.unwrap().id);
    }
    let [ann, bob, cy] = ids[..] else {
        panic!("{ids:?}")
    };
    let [red, blue] = [
        client.create_tag("Red").await,
        client.create_tag("Blue").await,
    ];
    let (red, blue) = (red.unwrap().id, blue.unwrap().id);
    for (contact, tag) in [(ann, red), (ann, blue), (bob, red)] {
        client.add_tag(contact, tag).await.unwrap();
    }
    let at = |second: u64| format!("2026-01-0{second}T00:00:00+00:00").parse().unwrap();
    sandbox.edit(|state| {
        for (second, id) in (1..).zip([ann, bob, cy]) {
            state.contacts.get_mut(&id.get()).unwrap().registered_at = at(second);
        }
        state.contacts.get_mut(&ann.get()).unwrap().bounced = true;
        state.contacts.get_mut(&bob.get()).unwrap().unsubscribed = true;
        state
            .contacts
            .get_mut(&cy.get())
            .unwrap()
            .needs_confirmation = true;
    });
    let all = || client.contacts();
    for (list, expected) in [
        (all(), vec![cy, bob, ann]),
        (all().email("BOB+1@example.com"), vec![bob]),
        (all().email("no@example.com"), vec![]),
        (all().tags([red]), vec![bob, ann]),
        (all().tags([red, blue]), vec![ann]),
        (all().bounced(true), vec![ann]),
        (all().bounced(true).bounced(false), vec![cy, bob]),
        (all().unsubscribed(true), vec![bob]),
        (all().needs_confirmation(true), vec![cy]),
        (all().registered_before(at(2)), vec![ann]),
        (all().registered_after(at(2)), vec![cy]),
        (all().starting_after(cy), vec![bob, ann]),
    ] {
        let found = list.all().await.unwrap();
        let found: Vec<_> = found.iter().map(|contact| contact.id).collect();
        assert_eq!(found, expected);
    }
    let wrong = client.contacts().email("jane").all().await;
    assert_invalid(
        wrong,
        &[("email", "This value is not a valid email address.")],
    );
}
