use proc_macro2::TokenStream;
use siohook_events::{Event, Pattern, events, nearest};
use syn::parse::{Error, ParseStream, Parser, Result};
use syn::{LitStr, Path, Token, parenthesized, parse_quote};

mod kw {
    syn::custom_keyword!(id);
    syn::custom_keyword!(unlisted);
}

/// What stands in the parentheses of `#[on_event(…)]`.
pub(crate) struct Args {
    pub(crate) names: Vec<Name>,
    pub(crate) id: Option<LitStr>,
    pub(crate) krate: Path,
}

/// A name or a pattern, and the events of the catalogue that it means.
pub(crate) struct Name {
    pub(crate) literal: LitStr,
    pub(crate) listed: Vec<&'static Event>,
    pub(crate) reach: Reach,
}

#[derive(PartialEq)]
pub(crate) enum Reach {
    /// A name of the catalogue.
    Listed,
    /// Any number of names, known or not.
    Prefix,
    /// A name that the catalogue does not have.
    Unlisted,
}

/// What [`parse`] gives: the arguments as far as they could be read, so that
/// the function is checked all the same, and all that is wrong with them.
pub(crate) struct Parsed {
    pub(crate) args: Args,
    pub(crate) errors: Option<Error>,
}

// #[on_event("contact.tag.added")]
// #[on_event("contact.tag.added", "CONTACT_TAG_ADDED")]
// #[on_event("contact.*", "SALE_*", id = "audit")]
// #[on_event(unlisted("contact.course.completed"))]
// #[on_event("SALE_NEW", crate = path::to::siohook)]
pub(crate) fn parse(tokens: TokenStream) -> Parsed {
    let mut parsed = Parsed {
        args: Args {
            names: vec![],
            id: None,
            krate: parse_quote!(::siohook),
        },
        errors: None,
    };
    let read = |input: ParseStream| {
        while !input.is_empty() {
            parsed.option(input)?;
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    };
    match read.parse2(tokens) {
        Err(error) => parsed.report(error),
        Ok(()) if parsed.args.names.is_empty() && parsed.errors.is_none() => {
            parsed.report(Error::new(
                proc_macro2::Span::call_site(),
                "no event named; write which: `#[on_event(\"contact.tag.added\")]`, or `\"*\"` for all of them",
            ));
        }
        Ok(()) => {}
    }
    parsed
}

impl Parsed {
    fn report(&mut self, error: Error) {
        match &mut self.errors {
            Some(errors) => errors.combine(error),
            None => self.errors = Some(error),
        }
    }

    fn option(&mut self, input: ParseStream) -> Result<()> {
        let lookahead = input.lookahead1();
        if lookahead.peek(LitStr) {
            let literal = input.parse()?;
            self.name(listed(literal));
        } else if lookahead.peek(kw::unlisted) {
            input.parse::<kw::unlisted>()?;
            let content;
            parenthesized!(content in input);
            let literal = content.parse()?;
            content.parse::<Option<Token![,]>>()?;
            if !content.is_empty() {
                return Err(content.error("`unlisted` takes one name; write it once for each"));
            }
            self.name(unlisted(literal));
        } else if lookahead.peek(kw::id) {
            let key: kw::id = input.parse()?;
            input.parse::<Token![=]>()?;
            let id: LitStr = input.parse()?;
            if id.value().trim().is_empty() {
                self.report(Error::new(id.span(), "an id can't be empty"));
            }
            if self.args.id.replace(id).is_some() {
                self.report(Error::new(
                    key.span,
                    "`id` is given twice; remove one of them",
                ));
            }
        } else if lookahead.peek(Token![crate]) {
            input.parse::<Token![crate]>()?;
            input.parse::<Token![=]>()?;
            self.args.krate = input.call(Path::parse_mod_style)?;
        } else {
            return Err(lookahead.error());
        }
        Ok(())
    }

    fn name(&mut self, name: Result<Name>) {
        let name = match name {
            Ok(name) => name,
            Err(error) => return self.report(error),
        };
        let text = name.literal.value();
        for other in &self.args.names {
            let other = other.literal.value();
            let message = if other == text {
                format!("`{text}` is named twice; remove one of them")
            } else if covers(&other, &text) {
                format!("`{text}` is covered by `{other}`; remove one of them")
            } else if covers(&text, &other) {
                format!("`{text}` covers `{other}`; remove one of them")
            } else {
                continue;
            };
            return self.report(Error::new(name.literal.span(), message));
        }
        self.args.names.push(name);
    }
}

fn covers(pattern: &str, name: &str) -> bool {
    matches!(Pattern::parse(pattern), Ok(Pattern::Prefix(prefix)) if name.starts_with(prefix))
}

fn listed(literal: LitStr) -> Result<Name> {
    let text = literal.value();
    let fail = |message: String| Err(Error::new(literal.span(), message));
    let pattern = match Pattern::parse(&text) {
        Ok(pattern) => pattern,
        Err(error) => return fail(error.to_string()),
    };
    let listed: Vec<_> = pattern.listed().collect();
    let reach = match pattern {
        Pattern::Name(_) if text.is_empty() => {
            return fail(unknown("a name can't be empty", &text));
        }
        Pattern::Name(_) => Reach::Listed,
        Pattern::Prefix(_) => Reach::Prefix,
    };
    if listed.is_empty() {
        let what = if reach == Reach::Prefix {
            "pattern that matches no"
        } else {
            "unknown"
        };
        let what = format!("{what} event `{text}`");
        return fail(match nearest(&text) {
            Some(near) => unknown(&format!("{what}; did you mean `{near}`?"), &text),
            None => unknown(&what, &text),
        });
    }
    Ok(Name {
        literal,
        listed,
        reach,
    })
}

/// The headline, and how to write what the catalogue does not have.
fn unknown(headline: &str, text: &str) -> String {
    let name = if text.is_empty() || text.contains('*') {
        "…"
    } else {
        text
    };
    format!(
        "{headline}\nnote: the names are listed in the documentation of `siohook::events`\n\
         note: to listen to a name that is not listed, write `unlisted(\"{name}\")`"
    )
}

fn unlisted(literal: LitStr) -> Result<Name> {
    let text = literal.value();
    let message = if events().iter().any(|event| event.name() == text) {
        format!("`{text}` is listed; write `\"{text}\"` without `unlisted`")
    } else if text.contains('*') {
        format!("`unlisted` takes a name, not a pattern; write `\"{text}\"` without `unlisted`")
    } else if text.is_empty() || text.contains(char::is_whitespace) {
        "the name of an event is not empty and has no white space".to_owned()
    } else {
        return Ok(Name {
            literal,
            listed: vec![],
            reach: Reach::Unlisted,
        });
    };
    Err(Error::new(literal.span(), message))
}
