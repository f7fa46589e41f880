use serde_json::json;
use siohook_api::NewContact;
use siohook_events::ids::{CommunityId, MembershipId};

use crate::{World, assert_invalid, assert_not_found};

#[tokio::test]
async fn contacts_join_and_leave_communities() {
    let world = World::new().await;
    let [readers, writers] = ["Readers", "Writers"].map(|name| {
        let community = json!({"name": name, "domain_name": "example.com", "path": "c"});
        let id = world.make(community, |state, id, community| {
            state.communities.insert(id, community);
        });
        CommunityId::from(id)
    });
    let World { sandbox, client } = world;
    assert_eq!(client.communities().all().await.unwrap().len(), 2);
    let found = client.communities().search("read").all().await.unwrap();
    assert_eq!(
        (found.len(), found[0].id, &*found[0].name),
        (1, readers, "Readers")
    );
    assert_eq!(found[0].domain_name.as_deref(), Some("example.com"));

    let jane = client
        .create_contact(&NewContact::new("jane@example.com"))
        .await
        .unwrap();
    client.join_community(readers, jane.id).await.unwrap();
    let memberships = client.memberships().community(readers).contact(jane.id);
    let memberships = memberships.all().await.unwrap();
    let [membership] = &memberships[..] else {
        panic!("{memberships:?}")
    };
    assert_eq!(
        (membership.contact, &membership.community),
        (jane.id, &found[0])
    );
    assert!(
        sandbox
            .state()
            .memberships
            .contains_key(&membership.id.get())
    );
    assert!(
        client
            .memberships()
            .community(writers)
            .all()
            .await
            .unwrap()
            .is_empty()
    );

    assert_not_found(client.join_community(CommunityId::from(9), jane.id).await);
    assert_invalid(
        client.join_community(readers, 9.into()).await,
        &[("contactId", "Contact with ID 9 not found.")],
    );
    client.delete_membership(membership.id).await.unwrap();
    assert!(sandbox.state().memberships.is_empty());
    assert_not_found(client.delete_membership(MembershipId::from(9)).await);
}
