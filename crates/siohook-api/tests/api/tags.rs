use siohook_events::ids::TagId;

use crate::{BLANK, USED, World, assert_invalid, assert_not_found};

const LONG: &str = "This value is too long. It should have 64 characters or less.";

#[tokio::test]
async fn tags_are_created_read_renamed_and_deleted() {
    let World { sandbox, client } = World::new().await;
    let tag = client.create_tag("Reader & Co").await.unwrap();
    assert_eq!(sandbox.state().tags[&tag.id.get()].name, "Reader & Co");
    assert_eq!(client.tag(tag.id).await.unwrap(), tag);
    assert!(tag.created_at.is_some());
    let found = client.tags().search("r & c").all().await.unwrap();
    assert_eq!(found, std::slice::from_ref(&tag));
    assert!(client.tags().search("x").all().await.unwrap().is_empty());
    let renamed = client.rename_tag(tag.id, "Readers").await.unwrap();
    assert_eq!(renamed.name, sandbox.state().tags[&tag.id.get()].name);

    assert_invalid(client.create_tag("Readers").await, &[("name", USED)]);
    assert_invalid(client.create_tag("").await, &[("name", BLANK)]);
    assert_invalid(
        client.rename_tag(tag.id, &"x".repeat(65)).await,
        &[("name", LONG)],
    );
    client.delete_tag(tag.id).await.unwrap();
    assert!(sandbox.state().tags.is_empty());
    assert_not_found(client.delete_tag(tag.id).await);
    assert_not_found(client.tag(TagId::from(9)).await);
    assert_not_found(client.rename_tag(TagId::from(9), "x").await);
}

#[tokio::test]
async fn contact_fields_are_created_listed_renamed_and_deleted() {
    let World { sandbox, client } = World::new().await;
    let created = client
        .create_contact_field("shoe_size", "Shoe size")
        .await
        .unwrap();
    let fields = client.contact_fields().await.unwrap();
    assert!(fields.contains(&created));
    let there = sandbox.state().contact_fields;
    assert!(
        fields
            .iter()
            .map(|one| &*one.slug)
            .eq(there.iter().map(|one| &*one.slug))
    );
    let renamed = client
        .rename_contact_field("shoe_size", "Größe")
        .await
        .unwrap();
    assert_eq!((&*renamed.slug, &*renamed.name), ("shoe_size", "Größe"));

    let again = client.create_contact_field("shoe_size", "").await;
    assert_invalid(again, &[("fieldName", BLANK), ("slug", USED)]);
    assert_invalid(
        client.rename_contact_field("shoe_size", "").await,
        &[("fieldName", BLANK)],
    );
    client.delete_contact_field("shoe_size").await.unwrap();
    assert!(
        sandbox
            .state()
            .contact_fields
            .iter()
            .all(|one| one.slug != "shoe_size")
    );
    // A slug can't name another path.
    for slug in ["shoe_size", "../tags/1", "a b?c=d#e", "%2e%2e", "é"] {
        assert_not_found(client.delete_contact_field(slug).await);
        assert_not_found(client.rename_contact_field(slug, "x").await);
    }
}
