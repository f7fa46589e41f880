//! What a flood of forged requests is worth: hashing, and a diagnosis now and then.

use std::time::Instant;

use super::*;

/// Forged requests, each of which would be diagnosed.
fn forged() -> [Incoming; 2] {
    [
        signed_with("another", "SALE_NEW", sale()),
        Incoming::post(TAG_ADDED).query("token=guessed"),
    ]
}

fn has_hint(rejection: &Rejection) -> bool {
    rejection.to_string().ends_with(')')
}

#[test]
fn few_of_many_refusals_are_diagnosed_and_all_are_told() {
    let told = Arc::new(Mutex::new(vec![]));
    let seen = Arc::clone(&told);
    let hook = move |rejection: &Rejection| seen.lock().unwrap().push(has_hint(rejection));
    let dispatcher = both().on_reject(hook).build().unwrap();
    let started = Instant::now();
    let mut sent = 0;
    // Long enough to see that the hints come back.
    while started.elapsed().as_millis() < 1500 {
        for incoming in forged() {
            let rejection = dispatcher.verify(incoming).unwrap_err();
            assert!(["signature_wrong", "token_wrong"].contains(&rejection.code()));
            sent += 1;
        }
    }
    let seconds = usize::try_from(started.elapsed().as_secs()).unwrap() + 1;
    let told = told.lock().unwrap();
    assert_eq!(told.len(), sent);
    assert!(told[..10].iter().all(|has_hint| *has_hint));
    let diagnosed = told.iter().filter(|has_hint| **has_hint).count();
    assert!(sent > 1000, "{sent} requests are no flood");
    assert!(
        (50..=100 * seconds).contains(&diagnosed),
        "{diagnosed} of {sent} in {seconds} s"
    );
    // Long after the first ones.
    assert!(told[told.len() / 2..].contains(&true));
}

#[test]
fn what_nobody_is_told_is_not_diagnosed() {
    let dispatcher = both().build().unwrap();
    for incoming in forged() {
        assert!(!has_hint(&dispatcher.verify(incoming).unwrap_err()));
    }
    let accepting = both()
        .accept_unverified()
        .on_reject(|_| panic!("it is accepted"));
    let dispatcher = accepting.build().unwrap();
    for incoming in forged() {
        dispatcher.verify(incoming).unwrap();
    }
}

/// What a body is wrapped in is found by parsing it.
#[test]
fn a_body_is_as_rarely_parsed_for_a_hint() {
    let lost = support::odd("account_sale_without_headers.json");
    let item = support::odd("contact.optin.completed.in_n8n_item.json");
    let requests: [&dyn Fn() -> Incoming; 2] =
        [&|| Incoming::post(lost.clone()), &|| automation(&item)];
    for request in requests {
        let dispatcher = both().on_reject(|_| ()).build().unwrap();
        let refuse = || dispatcher.verify(request()).unwrap_err().to_string();
        let best = refuse();
        let found = (0..2000).filter(|_| refuse() == best).count();
        assert!((49..2000).contains(&found), "{best}: {found}");
    }
}

/// Each has a share of its own.
#[test]
fn a_flood_of_one_dispatcher_hides_nothing_from_another() {
    let [flooded, other] = [(); 2].map(|()| both().on_reject(|_| ()).build().unwrap());
    let refuse = |dispatcher: &Dispatcher| {
        let [signed, _] = forged();
        dispatcher.verify(signed).unwrap_err()
    };
    let hints = (0..500).filter(|_| has_hint(&refuse(&flooded))).count();
    assert!(hints < 500);
    assert!(has_hint(&refuse(&other)));
}

/// What costs nothing is said to each.
#[test]
fn hints_that_need_no_diagnosis_are_always_there() {
    let dispatcher = both().build().unwrap();
    for incoming in [Incoming::post(TAG_ADDED), unsigned("SALE_NEW")] {
        assert!(has_hint(&dispatcher.verify(incoming).unwrap_err()));
    }
}
