//! A handler stays a function, with its other attributes.

mod handlers {
    use siohook::{State, on_event};

    /// Handlers may have documentation, a visibility and other attributes.
    #[must_use]
    #[on_event("SALE_NEW")]
    pub fn grant(State(count): State<u32>) -> Result<(), String> {
        if count > 1 {
            Ok(())
        } else {
            Err("too few".to_owned())
        }
    }
}

#[test]
fn a_handler_stays_a_function() {
    assert!(handlers::grant(siohook::State(2)).is_ok());
    assert!(handlers::grant(siohook::State(1)).is_err());
}
