use crate::api::tests::server::Server;

const USED: &str = "This value is already used.";
const BLANK: &str = "This value should not be blank.";

#[test]
fn contacts() {
    let server = Server::new();
    let one = format!("/contacts/{}", server.contact);
    let created = server.call(
        "POST",
        "/contacts",
        r#"{"email":"ada@example.com","locale":"fr","fields":[{"slug":"first_name","value":"Ada"},{"slug":"city","value":null}]}"#,
    );
    assert_eq!(created.status, 201);
    assert_eq!(
        created.header("content-type"),
        Some("application/json; charset=utf-8")
    );
    let contact = created.json();
    let start = format!(
        r#"{{"id":{},"email":"ada@example.com","registeredAt":"2026-01-31T12:00:00+00:00","locale":"fr","sourceURL":null,"unsubscribed":false,"bounced":false,"needsConfirmation":false,"fields":[{{"fieldName":"First name","slug":"first_name","value":"Ada"}},{{"fieldName":"Surname","slug":"surname","value":null}},"#,
        contact["id"]
    );
    assert!(created.text.starts_with(&start), "{}", created.text);
    assert_eq!(server.sent(), ["CONTACT_CREATED"]);
    let again = server.call("GET", &format!("/contacts/{}", contact["id"]), "");
    assert_eq!(again.text, created.text);

    let patch = r#"{"locale":"de","fields":[{"slug":"surname","value":"Doe"}]}"#;
    server.expect(
        "PATCH",
        &one,
        patch,
        200,
        r#""slug":"surname","value":"Doe""#,
    );
    let patch = r#"{"fields":[{"slug":"surname","value":null}]}"#;
    server.expect(
        "PATCH",
        &one,
        patch,
        200,
        r#""slug":"surname","value":null"#,
    );
    server.expect("PATCH", &one, "{}", 200, r#""locale":"de""#);
    server.expect("GET", &one, "", 200, r#""email":"jane@example.com""#);
    server.expect("DELETE", &one, "", 204, "");
    for method in ["GET", "DELETE", "PATCH"] {
        server.expect(method, &one, "{}", 404, "Not Found");
    }
    assert!(server.sent().is_empty());
}

#[test]
fn contacts_with_wrong_values() {
    let server = Server::new();
    let refuse = |body: &str, detail: &[&str]| server.refuse("POST", "/contacts", body, detail);
    refuse("{}", &[&format!("email: {BLANK}")]);
    refuse(r#"{"email":" "}"#, &[&format!("email: {BLANK}")]);
    refuse(
        r#"{"email":"a@b"}"#,
        &["email: This value is not a valid email address."],
    );
    refuse(
        r#"{"email":"Jane@Example.com"}"#,
        &[&format!("email: {USED}")],
    );
    let all = r#"{"email":"x","locale":"ja","fields":[{"slug":"nothing"},{"value":"x"},{"slug":"country","value":"France"}]}"#;
    let choice = "locale: The value you selected is not a valid choice.";
    let details = [
        "email: This value is not a valid email address.",
        choice,
        "fields[0].slug: This value is not valid.",
        "fields[1].slug: This value should not be blank.",
        "fields[2].value: This value is not a valid country.",
    ];
    refuse(all, &details);
    let answer = server.call("POST", "/contacts", all).json();
    let violation = &answer["violations"][1];
    assert_eq!(violation["propertyPath"], "locale");
    assert_eq!(
        violation["message"],
        "The value you selected is not a valid choice."
    );
    assert_eq!(violation["code"], "8e179f1b-97aa-4560-a02f-2a8b42e49df7");
    let one = format!("/contacts/{}", server.contact);
    server.refuse("PATCH", &one, r#"{"locale":"ja"}"#, &[choice]);
    let body = r#"{"email":"b@example.com","fields":[{"slug":7}]}"#;
    server.expect("POST", "/contacts", body, 400, "fields[0].slug");
    server.expect("POST", "/contacts", r#"{"fields":{}}"#, 400, "fields");
    server.expect("POST", "/contacts", r#"{"fields":[7]}"#, 400, "fields[0]");
}

#[test]
fn contacts_are_found() {
    let server = Server::new();
    server.call("POST", "/contacts", r#"{"email":"ada@example.com"}"#);
    let tags = format!("/contacts/{}/tags", server.contact);
    server.call("POST", &tags, &format!(r#"{{"tagId":{}}}"#, server.tag));
    let found = |query: &str| {
        let answer = server.call("GET", &format!("/contacts?{query}"), "").json();
        let items = answer["items"].as_array().unwrap();
        let emails = items
            .iter()
            .map(|one| one["email"].as_str().unwrap()[..4].to_owned());
        emails.collect::<Vec<_>>().join(" ")
    };
    let tag = server.tag;
    for (query, emails) in [
        ("", "ada@ jane"),
        ("order=asc", "ada@ jane"),
        ("email=JANE@example.com", "jane"),
        ("email=other@example.com", ""),
        (&format!("tags={tag}"), "jane"),
        (&format!("tags={tag},9999"), ""),
        (
            "bounced=false&unsubscribed=0&needsConfirmation=false",
            "ada@ jane",
        ),
        ("bounced=true", ""),
        ("registeredAfter=2026-01-31T11:59:59%2B00:00", "ada@ jane"),
        ("registeredBefore=2026-01-31T13:00:00+00:00", "ada@ jane"),
        ("registeredBefore=2026-01-31T12:00:00%2B00:00", ""),
    ] {
        assert_eq!(found(query), emails, "{query}");
    }
    let invalid = "This value is not valid.";
    let query = "/contacts?email=x&tags=a&bounced=2&registeredAfter=yesterday&registeredBefore=%F0%9F%98%80%F0%9F%98%80%F0%9F%98%80%F0%9F%98%80%F0%9F%98%80";
    let details = ["tags", "bounced", "registeredBefore", "registeredAfter"]
        .map(|name| format!("{name}: {invalid}"));
    let [tags, bounced, before, after] = details.each_ref().map(String::as_str);
    let email = "email: This value is not a valid email address.";
    server.refuse("GET", query, "", &[email, tags, bounced, before, after]);
}

#[test]
fn tags_of_contacts() {
    let server = Server::new();
    let (contact, tag) = (server.contact, server.tag);
    let tags = format!("/contacts/{contact}/tags");
    let one = format!("{tags}/{tag}");
    let body = format!(r#"{{"tagId":{tag}}}"#);
    server.expect("POST", &tags, &body, 204, "");
    assert_eq!(server.sent(), ["CONTACT_TAG_ADDED"]);
    let in_string = format!(r#"{{"tagId":"{tag}"}}"#);
    server.expect("POST", &tags, &in_string, 204, "");
    assert!(server.sent().is_empty());
    server.refuse(
        "POST",
        &tags,
        r#"{"tagId":9999}"#,
        &["tagId: Tag with ID 9999 not found."],
    );
    server.refuse(
        "POST",
        &tags,
        r#"{"tagId":"-3"}"#,
        &["tagId: Tag with ID -3 not found."],
    );
    server.refuse(
        "POST",
        &tags,
        "{}",
        &["tagId: This value should not be blank."],
    );
    server.expect("POST", &tags, r#"{"tagId":"x"}"#, 400, "tagId");
    server.expect("POST", &tags, r#"{"tagId":1.5}"#, 400, "tagId");
    server.expect("POST", "/contacts/9999/tags", &body, 404, "");
    server.expect("DELETE", &one, "", 204, "");
    assert_eq!(server.sent(), ["CONTACT_TAG_REMOVED"]);
    server.expect("DELETE", &one, "", 404, "");
    server.expect("DELETE", &format!("/contacts/9999/tags/{tag}"), "", 404, "");
    server.expect("DELETE", &format!("{tags}/x"), "", 404, "");
}

#[test]
fn tags() {
    let server = Server::new();
    let one = format!("/tags/{}", server.tag);
    server.expect(
        "POST",
        "/tags",
        r#"{"name":"New"}"#,
        201,
        r#""name":"New","createdAt":"2026-01-31T12:00:00+00:00"}"#,
    );
    server.expect("PUT", &one, r#"{"name":"Gold"}"#, 200, r#""name":"Gold""#);
    server.expect("PUT", &one, r#"{"name":"Gold"}"#, 200, r#""name":"Gold""#);
    server.expect("GET", &one, "", 200, r#""name":"Gold""#);
    server.expect("GET", "/tags?query=OL", "", 200, r#"{"items":[{"id":2,"#);
    server.expect(
        "GET",
        "/tags?query=silver",
        "",
        200,
        r#"{"items":[],"hasMore":false}"#,
    );
    let long = format!(r#"{{"name":"{}"}}"#, "\u{e9}".repeat(65));
    let too_long = "name: This value is too long. It should have 64 characters or less.";
    for (method, path) in [("POST", "/tags"), ("PUT", &*one)] {
        server.refuse(method, path, "{}", &[&format!("name: {BLANK}")]);
        server.refuse(
            method,
            path,
            r#"{"name":null}"#,
            &[&format!("name: {BLANK}")],
        );
        server.refuse(method, path, &long, &[too_long]);
        server.refuse(
            method,
            path,
            r#"{"name":"New"}"#,
            &[&format!("name: {USED}")],
        );
    }
    server.expect("PATCH", &one, "{}", 405, "");
    server.expect("DELETE", &one, "", 204, "");
    for method in ["GET", "PUT", "DELETE"] {
        server.expect(method, &one, r#"{"name":"x"}"#, 404, "");
    }
    let contact = server.call("GET", &format!("/contacts/{}", server.contact), "");
    assert!(contact.text.ends_with(r#""tags":[]}"#));
}

#[test]
fn contact_fields() {
    let server = Server::new();
    let all = server.call("GET", "/contact_fields?limit=5", "").json();
    assert_eq!(all["items"].as_array().unwrap().len(), 9);
    assert_eq!(all["hasMore"], false);
    let body = r#"{"fieldName":"Shoe size","slug":"shoe_size"}"#;
    server.expect(
        "POST",
        "/contact_fields",
        body,
        201,
        r#"{"slug":"shoe_size","fieldName":"Shoe size"}"#,
    );
    server.refuse("POST", "/contact_fields", body, &[&format!("slug: {USED}")]);
    let blank = [&*format!("fieldName: {BLANK}"), &format!("slug: {BLANK}")];
    server.refuse("POST", "/contact_fields", "{}", &blank);
    let long = format!(r#"{{"fieldName":"{}","slug":"a-b"}}"#, "n".repeat(256));
    let details = [
        "fieldName: This value is too long. It should have 255 characters or less.",
        "slug: This value is not valid.",
    ];
    server.refuse("POST", "/contact_fields", &long, &details);
    let one = "/contact_fields/shoe_size";
    server.expect(
        "PATCH",
        one,
        r#"{"fieldName":"Size"}"#,
        200,
        r#""fieldName":"Size""#,
    );
    server.refuse("PATCH", one, "{}", &[&format!("fieldName: {BLANK}")]);
    server.expect("DELETE", one, "", 204, "");
    server.expect("DELETE", one, "", 404, "");
    server.expect("PATCH", one, "{}", 404, "");
}
