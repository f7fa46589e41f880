use super::*;

#[derive(Deserialize)]
struct Tagged {
    tag: Named,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[on_event("contact.tag.added", "CONTACT_TAG_ADDED")]
fn own(Data(Tagged { tag }): Data<Tagged>, State(seen): State<Seen>) {
    seen.note(tag.name);
}

#[on_event(unlisted("contact.community.joined"), unlisted("COMMUNITY_JOINED"))]
fn own_of_unlisted(Data(tagged): Data<Tagged>, State(seen): State<Seen>) {
    seen.note(tagged.tag.name);
}

#[on_event("*")]
fn own_of_all(Data(value): Data<serde_json::Value>, State(seen): State<Seen>) {
    let keys: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
    seen.note(keys.join(" "));
}

#[test]
fn data_is_the_member_of_an_automation_and_the_body_of_an_account_webhook() {
    assert_eq!(seen_by(&["own"], automation(TAG_ADDED)), ["vip"]);
    assert_eq!(seen_by(&["own"], tag_added()), ["Élève"]);
    assert_eq!(
        seen_by(&["own_of_all"], automation(TAG_ADDED)),
        ["contact tag"]
    );
    assert_eq!(seen_by(&["own_of_all"], tag_added()), ["contact tag"]);
}

#[test]
fn data_fits_unlisted_events() {
    let data = r#"{"tag":{"name":"x"}}"#;
    let joined = || automation(envelope("contact.community.joined", data));
    assert_eq!(seen_by(&["own_of_unlisted"], joined()), ["x"]);
    assert_eq!(seen_by(&["own_of_all"], joined()), ["tag"]);
    let signed = account("COMMUNITY_JOINED", data);
    assert_eq!(seen_by(&["own_of_unlisted"], signed), ["x"]);
}
