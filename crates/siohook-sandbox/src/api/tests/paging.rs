use crate::api::tests::server::Server;
use crate::state::{Change, Community, Course, Module, Subscription};

/// Makes 25 objects of each kind.
fn full() -> Server {
    let server = Server::new();
    for index in 0..25 {
        let create = Change::create_contact(&format!("contact{index}@example.com"));
        let contact = server.apply(create).unwrap();
        let community = server.community;
        server.apply(Change::Join { contact, community });
        let enroll = Change::Enroll {
            contact,
            course: server.course,
            access_type: crate::state::AccessType::FullAccess,
            modules: vec![],
        };
        server.apply(enroll);
        server.call("POST", "/tags", &format!(r#"{{"name":"tag {index}"}}"#));
        let state = &mut *server.account.lock().unwrap();
        let id = state.ids.number();
        let course = Course {
            id,
            ..state.courses[&server.course].clone()
        };
        state.courses.insert(id, course);
        let place = Community {
            id,
            ..state.communities[&community].clone()
        };
        state.communities.insert(id, place);
        let subscription = Subscription {
            id,
            ..state.subscriptions[&server.subscription].clone()
        };
        state.subscriptions.insert(id, subscription);
        let name = "Module".to_owned();
        let course = state.courses.get_mut(&server.course).unwrap();
        course.modules.push(Module { id, name });
    }
    server
}

/// The ids of all pages, and the number of pages.
fn walk(server: &Server, list: &str, query: &str) -> (Vec<u64>, usize) {
    let (mut ids, mut pages) = (vec![], 0);
    loop {
        let after = ids
            .last()
            .map_or(String::new(), |id| format!("&startingAfter={id}"));
        let answer = server
            .call("GET", &format!("{list}{query}{after}"), "")
            .json();
        let items = answer["items"].as_array().unwrap();
        ids.extend(items.iter().map(|item| item["id"].as_u64().unwrap()));
        pages += 1;
        if answer["hasMore"] == false {
            return (ids, pages);
        }
    }
}

#[test]
fn every_list_is_paged() {
    let server = full();
    let modules = format!("/school/course-modules?courseId={}&", server.course);
    let subscriptions = format!("/payment/subscriptions?contact={}&", server.contact);
    for (list, count) in [
        ("/contacts?", 26),
        ("/tags?", 26),
        ("/school/courses?", 26),
        (&*modules, 26),
        ("/school/enrollments?", 25),
        ("/community/communities?", 26),
        ("/community/memberships?", 25),
        (&*subscriptions, 26),
    ] {
        let (ids, pages) = walk(&server, list, "limit=10");
        assert_eq!((ids.len(), pages), (count, 3), "{list}");
        assert!(ids.is_sorted_by(|one, next| one > next), "{list}");
        let (whole, pages) = walk(&server, list, "");
        assert_eq!((&whole, pages), (&ids, 1), "{list}");
        let (mut ascending, _) = walk(&server, list, "limit=10&order=asc");
        if list != "/contacts?" {
            ascending.reverse();
        }
        assert_eq!(ascending, ids, "{list}");

        // A gap is no end.
        let gone = ids[0] - 1;
        let rest = walk(&server, list, &format!("limit=10&startingAfter={gone}")).0;
        assert!(!rest.is_empty() && !rest.contains(&ids[0]), "{list}");
        let limit = "pagination.limit: Wrong value of pagination limit parameter";
        for wrong in ["5", "101", "x", "-1", "99999999999999999999"] {
            server.refuse("GET", &format!("{list}limit={wrong}"), "", &[limit]);
        }
        let wrong = format!("{list}limit=9&order=up&startingAfter=x");
        let details = [
            limit,
            "pagination.startingAfter: This value is not valid.",
            "pagination.order: The value you selected is not a valid choice.",
        ];
        server.refuse("GET", &wrong, "", &details);
    }
}

#[test]
fn an_exact_page_is_the_last() {
    let server = full();
    server.apply(Change::create_contact("a@example.com"));
    for index in 0..3 {
        server.apply(Change::create_contact(&format!("a{index}@example.com")));
    }
    let (ids, pages) = walk(&server, "/contacts?", "limit=10");
    assert_eq!((ids.len(), pages), (30, 3));
}
