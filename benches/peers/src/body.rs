use siohook_benches::bodies;

/// What is delivered.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    pub(crate) name: &'static str,
    pub(crate) event: &'static str,
    pub(crate) text: String,
}

impl Body {
    pub(crate) fn all() -> [Self; 2] {
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

    pub(crate) fn named(name: &str) -> Result<Self, String> {
        let found = Self::all().into_iter().find(|body| body.name == name);
        found.ok_or_else(|| format!("no body {name:?}"))
    }
}
