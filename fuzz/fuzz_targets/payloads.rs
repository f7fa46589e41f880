//! Payloads that are written and parsed again.

#![no_main]

mod members;

use std::fmt::{Debug, Display};
use std::str::FromStr;

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use siohook::{Timestamp, account, automation, unified};

macro_rules! payloads {
    ($($mechanism:ident $payload:ident $name:literal [$($unified:ident)?] $rest:tt)*) => {
        const PAYLOADS: &[fn(&[u8])] = &[$(|json| {
            let Ok(payload) = serde_json::from_slice::<$mechanism::$payload>(json) else {
                return;
            };
            assert_round_trip(&payload);
            $(assert_round_trip(&unified::$unified::from(payload));)?
        }),*];
    };
}
siohook_events::__for_each_event!(payloads);

/// The envelope of an automation.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    data: &'a RawValue,
}

macro_rules! each_id {
    ($call:ident($text:ident): $($id:ident)*) => { $($call::<siohook::ids::$id>($text);)* };
}

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    members::mutate(data, size, max_size, seed)
});

fuzz_target!(|data: &[u8]| {
    let Some((choice, json)) = data.split_first() else {
        return;
    };
    if *choice == b'{' {
        // A whole body, such as a fixture.
        let envelope = serde_json::from_slice::<Envelope<'_>>(data);
        let json = envelope.map_or(data, |envelope| envelope.data.get().as_bytes());
        for payload in PAYLOADS {
            payload(json);
        }
        let _ = unified::Contact::of_event(&mut serde_json::Deserializer::from_slice(json));
    } else {
        PAYLOADS[usize::from(*choice) % PAYLOADS.len()](json);
    }
    if let Ok(text) = str::from_utf8(data) {
        assert_text_round_trip::<Timestamp>(text);
        each_id!(assert_text_round_trip(text): ContactId CustomerId OrderId OrderItemId PricePlanId TagId
            FunnelId FunnelStepId PageModelId BlogId WebinarId CourseId CourseBundleId CampaignId
            SentEmailId PhysicalProductId ResourceId);
    }
});

fn assert_round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let json = serde_json::to_string(value).expect("every payload can be written");
    let back: T = serde_json::from_str(&json).expect("a written payload can be parsed");
    assert_eq!(*value, back);
    assert_eq!(serde_json::to_string(&back).unwrap(), json);
}

fn assert_text_round_trip<T: FromStr + Display + PartialEq + Debug>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        assert_eq!(value.to_string().parse().ok(), Some(value));
    }
}
