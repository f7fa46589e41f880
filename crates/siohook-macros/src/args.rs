use proc_macro2::{Span, TokenStream};
use siohook_events::{Event, EventPattern, events, nearest};
use syn::parse::{Error, ParseStream, Parser, Result};
use syn::{Ident, LitStr, Path, Token, parenthesized};

mod kw {
    syn::custom_keyword!(id);
    syn::custom_keyword!(unlisted);
}

/// What stands in the parentheses of `#[on_event(…)]`, as far as it could be
/// read, and all that is wrong with it.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) names: Vec<Name>,
    pub(crate) id: Option<LitStr>,
    pub(crate) krate: Option<Path>,
    pub(crate) errors: Vec<Error>,
}

/// A name or a pattern, and the events of the catalogue that it means: none if
/// it is unlisted.
pub(crate) struct Name {
    pub(crate) literal: LitStr,
    pub(crate) listed: Vec<&'static Event>,
}

// #[on_event("contact.tag.added")]
// #[on_event("contact.tag.added", "CONTACT_TAG_ADDED")]
// #[on_event("contact.*", "SALE_*", id = "audit")]
// #[on_event(unlisted("contact.course.completed"))]
// #[on_event("SALE_NEW", crate = path::to::siohook)]
pub(crate) fn parse(tokens: TokenStream) -> Args {
    let mut args = Args::default();
    let read = |input: ParseStream| {
        while !input.is_empty() {
            args.option(input)?;
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    };
    let stopped = read.parse2(tokens).err();
    args.errors.extend(stopped);
    if args.names.is_empty() && args.errors.is_empty() {
        let message = "no event named; write which: `#[on_event(\"contact.tag.added\")]`, or `\"*\"` for all of them";
        args.errors.push(Error::new(Span::call_site(), message));
    }
    args
}

impl Args {
    fn option(&mut self, input: ParseStream) -> Result<()> {
        let lookahead = input.lookahead1();
        let (key, repeated) = if lookahead.peek(LitStr) {
            self.name(listed(input.parse()?));
            return Ok(());
        } else if lookahead.peek(kw::unlisted) {
            input.parse::<kw::unlisted>()?;
            let content;
            parenthesized!(content in input);
            let name = unlisted(content.parse()?);
            if !content.is_empty() {
                return Err(content.error("`unlisted` takes one name; write it once for each"));
            }
            self.name(name);
            return Ok(());
        } else if lookahead.peek(kw::id) {
            let key = input.parse::<kw::id>()?.span;
            input.parse::<Token![=]>()?;
            (key, self.id.replace(input.parse()?).is_some())
        } else if lookahead.peek(Token![crate]) {
            let key = input.parse::<Token![crate]>()?.span;
            input.parse::<Token![=]>()?;
            (
                key,
                self.krate
                    .replace(input.call(Path::parse_mod_style)?)
                    .is_some(),
            )
        } else if input.peek(Ident) && !input.peek2(Token![=]) {
            let message = "the name of an event is a string: `#[on_event(\"contact.tag.added\")]`";
            return Err(input.error(message));
        } else {
            return Err(lookahead.error());
        };
        if repeated {
            self.errors
                .push(Error::new(key, "this is given twice; remove one of them"));
        }
        Ok(())
    }

    fn name(&mut self, name: Result<Name>) {
        let name = match name {
            Ok(name) => name,
            Err(error) => return self.errors.push(error),
        };
        let text = name.literal.value();
        let mut others = self.names.iter().map(|other| other.literal.value());
        match others.find(|other| covers(other, &text) || covers(&text, other)) {
            Some(other) => {
                let message = format!("`{text}` repeats `{other}`; remove one of them");
                self.errors.push(Error::new(name.literal.span(), message));
            }
            None => self.names.push(name),
        }
    }
}

fn covers(pattern: &str, name: &str) -> bool {
    EventPattern::parse(pattern).is_ok_and(|pattern| pattern.matches(name))
}

fn listed(literal: LitStr) -> Result<Name> {
    let text = literal.value();
    let pattern = EventPattern::parse(&text).map_err(|error| Error::new(literal.span(), error))?;
    let listed: Vec<_> = pattern.listed().collect();
    if !listed.is_empty() {
        return Ok(Name { literal, listed });
    }
    let what = match pattern {
        EventPattern::Prefix(_) => format!("pattern `{text}` matches no event"),
        _ => format!("unknown event `{text}`"),
    };
    let meant = nearest(&text).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    let message = format!(
        "{what}{meant}\nnote: `siohook::events` documents the names\n\
         note: to listen to a name that is not among them, write `unlisted(\"…\")`"
    );
    Err(Error::new(literal.span(), message))
}

fn unlisted(literal: LitStr) -> Result<Name> {
    let text = literal.value();
    let message = if events().iter().any(|event| event.name() == text) || text.contains('*') {
        format!("`{text}` is no unlisted name; write `\"{text}\"` without `unlisted`")
    } else if text.is_empty() || text.contains(char::is_whitespace) {
        "the name of an event is not empty and has no white space".to_owned()
    } else {
        return Ok(Name {
            literal,
            listed: vec![],
        });
    };
    Err(Error::new(literal.span(), message))
}
