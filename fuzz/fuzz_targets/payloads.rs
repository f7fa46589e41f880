//! Payloads, there and back.

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
            there_and_back(&payload);
            $(there_and_back(&unified::$unified::from(payload));)?
        }),*];
    };
}
siohook_events::__for_each_event!(payloads);

/// What is around the payload of an automation.
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
        // A body as it is, such as a fixture.
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
        parse_and_write::<Timestamp>(text);
        each_id!(parse_and_write(text): ContactId CustomerId OrderId OrderItemId PricePlanId TagId
            FunnelId FunnelStepId PageModelId BlogId WebinarId CourseId CourseBundleId CampaignId
            SentEmailId PhysicalProductId ResourceId);
    }
});

fn there_and_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let json = serde_json::to_string(value).expect("every payload can be written");
    let back: T = serde_json::from_str(&json).expect("what was written can be read");
    assert_eq!(*value, back);
    assert_eq!(serde_json::to_string(&back).unwrap(), json);
}

fn parse_and_write<T: FromStr + Display + PartialEq + Debug>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        assert_eq!(value.to_string().parse().ok(), Some(value));
    }
}
