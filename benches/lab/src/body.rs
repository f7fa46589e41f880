use siohook_benches::bodies;

/// A body that is delivered.
#[derive(Clone, Debug)]
pub struct Body {
    /// The name in the arguments of programs.
    pub name: &'static str,
    /// The event.
    pub event: &'static str,
    /// The body itself.
    pub text: String,
}

impl Body {
    /// A tag and a sale.
    #[must_use]
    pub fn all() -> [Self; 2] {
        [
            Self {
                name: "tag",
                event: "CONTACT_TAG_ADDED",
                text: bodies::tag(),
            },
            Self {
                name: "sale",
                event: "SALE_NEW",
                text: bodies::sale(),
            },
        ]
    }

    /// The body with this name.
    ///
    /// # Errors
    ///
    /// There is no such body.
    pub fn named(name: &str) -> Result<Self, String> {
        let found = Self::all().into_iter().find(|body| body.name == name);
        found.ok_or_else(|| format!("unknown body {name:?}"))
    }
}
