//! A flood of forged requests costs hashing and a limited number of diagnoses.

use std::time::Instant;

use super::*;

/// Forged requests that are worth a diagnosis.
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
fn each_refusal_of_a_flood_is_reported_and_few_are_diagnosed() {
    let reported = Arc::new(Mutex::new(vec![]));
    let seen = Arc::clone(&reported);
    let hook = move |rejection: &Rejection| seen.lock().unwrap().push(has_hint(rejection));
    let dispatcher = both().on_reject(hook).build().unwrap();
    let started = Instant::now();
    let mut sent = 0;
    // Long enough for the budget to refill.
    while started.elapsed().as_millis() < 1500 {
        for incoming in forged() {
            let rejection = dispatcher.verify(incoming).unwrap_err();
            assert!(["signature_wrong", "token_wrong"].contains(&rejection.code()));
            sent += 1;
        }
    }
    let seconds = usize::try_from(started.elapsed().as_secs()).unwrap() + 1;
    let reported = reported.lock().unwrap();
    assert_eq!(reported.len(), sent);
    assert!(reported[..10].iter().all(|has_hint| *has_hint));
    let diagnosed = reported.iter().filter(|has_hint| **has_hint).count();
    assert!(sent > 1000, "{sent} requests are too few");
    assert!(
        (50..=100 * seconds).contains(&diagnosed),
        "{diagnosed} of {sent} in {seconds} s"
    );
    // The second half has hints again.
    assert!(reported[reported.len() / 2..].contains(&true));
}

#[test]
fn refusals_without_a_listener_are_not_diagnosed() {
    let dispatcher = both().build().unwrap();
    for incoming in forged() {
        assert!(!has_hint(&dispatcher.verify(incoming).unwrap_err()));
    }
    let accepting = both()
        .accept_unverified()
        .on_reject(|_| panic!("an accepted request is reported as refused"));
    let dispatcher = accepting.build().unwrap();
    for incoming in forged() {
        dispatcher.verify(incoming).unwrap();
    }
}

/// These hints need the body to be parsed.
#[test]
fn parsing_a_body_for_a_hint_is_limited() {
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

#[test]
fn each_dispatcher_has_a_budget_of_its_own() {
    let [flooded, other] = [(); 2].map(|()| both().on_reject(|_| ()).build().unwrap());
    let refuse = |dispatcher: &Dispatcher| {
        let [signed, _] = forged();
        dispatcher.verify(signed).unwrap_err()
    };
    let hints = (0..500).filter(|_| has_hint(&refuse(&flooded))).count();
    assert!(hints < 500);
    assert!(has_hint(&refuse(&other)));
}

#[test]
fn hints_that_need_no_diagnosis_are_always_given() {
    let dispatcher = both().build().unwrap();
    for incoming in [Incoming::post(TAG_ADDED), unsigned("SALE_NEW")] {
        assert!(has_hint(&dispatcher.verify(incoming).unwrap_err()));
    }
}
