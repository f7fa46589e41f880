//! Files of captured requests, which users edit.

#![no_main]

use libfuzzer_sys::fuzz_target;
use siohook_sender::{Capture, Sample};

fuzz_target!(|file: &[u8]| {
    let capture = match Capture::read(file.to_vec()) {
        Ok(capture) => capture,
        Err(error) => {
            let lines = file.split(|byte| *byte == b'\n').count();
            assert!((1..=lines).contains(&error.line()), "{error}");
            return;
        }
    };
    let written = capture.to_bytes();
    let message = [&capture.head()[..], capture.body()].concat();
    assert!(written.ends_with(&message));
    let again = Capture::read(written.clone()).unwrap();
    assert!(again == capture, "another capture is read than was written");
    assert_eq!(again.to_bytes(), written);

    // The same request is received anew.
    let received = Capture::new(capture.head().clone(), capture.body().clone()).unwrap();
    assert!(!received.is_edited());
    assert!(received.headers().eq(capture.headers()));
    assert_eq!(received.event(), capture.event());

    let Ok(sample) = Sample::try_from(&capture) else {
        return;
    };
    assert_eq!(sample.body(), capture.body());
    let values = |name: &str| {
        let of_name = |(own, value): (&str, &[u8])| {
            (own.eq_ignore_ascii_case(name)).then(|| String::from_utf8(value.to_vec()).unwrap())
        };
        capture.headers().filter_map(of_name).collect::<Vec<_>>()
    };
    for (name, value) in sample.headers() {
        assert!(values(&name).contains(&value), "{name} has another value");
    }
});
