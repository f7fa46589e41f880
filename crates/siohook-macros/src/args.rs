use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{Error, Parse, ParseStream, Parser, Result};
use syn::token::Paren;
use syn::{Ident, LitStr, Path, Token, parenthesized};

use crate::name::{self, Name, attribute};

mod kw {
    syn::custom_keyword!(id);
    syn::custom_keyword!(unlisted);
}

/// The arguments in `#[on_event(…)]` that could be parsed, and all errors in them.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) names: Vec<Name>,
    pub(crate) id: Option<LitStr>,
    pub(crate) krate: Option<Path>,
    pub(crate) errors: Vec<Error>,
}

// #[on_event("contact.tag.added")]
// #[on_event("contact.tag.added", "CONTACT_TAG_ADDED")]
// #[on_event("contact.*", "SALE_*", id = "audit")]
// #[on_event(unlisted("contact.course.completed"))]
// #[on_event("SALE_NEW", crate = path::to::siohook)]
pub(crate) fn parse(tokens: TokenStream) -> Args {
    let mut args = Args::default();
    let parser = |input: ParseStream| {
        while !input.is_empty() {
            if let Err(error) = args.arg(input) {
                args.errors.push(error);
                until_comma(input)?;
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    };
    let stopped = parser.parse2(tokens).err();
    args.errors.extend(stopped);
    if args.names.is_empty() && args.errors.is_empty() {
        args.errors
            .push(Error::new(Span::call_site(), name::missing()));
    }
    args
}

impl Args {
    /// Parses one argument, up to the next comma.
    fn arg(&mut self, input: ParseStream) -> Result<()> {
        if input.peek(Token![,]) {
            return Err(input.error("remove this comma"));
        }
        if input.peek(LitStr) {
            let literal: LitStr = input.parse()?;
            let text = literal.value();
            self.name(Name::listed(literal));
            return expect_comma(input, Some(text));
        }
        if input.peek(kw::unlisted) {
            let keyword: kw::unlisted = input.parse()?;
            let name = if input.peek(Paren) {
                input.parse::<Group>()?.to_token_stream()
            } else {
                until_comma(input)?
            };
            self.name(unlisted(quote!(#keyword #name)));
        } else if input.peek(kw::id) {
            let message = "`id` is a string: `id = \"shop.grant\"`";
            let (key, id) = option(input, <LitStr as Parse>::parse, message)?;
            self.refuse_second(&key, self.id.is_some());
            self.id = Some(id);
        } else if input.peek(Token![crate]) {
            let message = "`crate` is a path without quotes: `crate = path::to::siohook`";
            let (key, path) = option(input, Path::parse_mod_style, message)?;
            self.refuse_second(&key, self.krate.is_some());
            self.krate = Some(path);
        } else if input.peek(Ident::peek_any) && input.peek2(Token![=]) {
            let key = input.call(Ident::parse_any)?;
            input.parse::<Token![=]>()?;
            return Err(not_an_option(&key, until_comma(input)?));
        } else {
            return Err(not_a_name(until_comma(input)?));
        }
        expect_comma(input, None)
    }

    fn name(&mut self, name: Result<Name>) {
        let accepted = name.and_then(|name| {
            let repeated = self.names.iter().find_map(|other| name.repeats(other));
            repeated.map_or(Ok(name), Err)
        });
        match accepted {
            Ok(name) => self.names.push(name),
            Err(error) => self.errors.push(error),
        }
    }

    fn refuse_second(&mut self, key: &Ident, is_repeated: bool) {
        if is_repeated {
            let message = format!("`{key}` is given twice; remove one of them");
            self.errors.push(Error::new(key.span(), message));
        }
    }
}

/// `key = value`.
fn option<T>(
    input: ParseStream,
    value: fn(ParseStream) -> Result<T>,
    message: &str,
) -> Result<(Ident, T)> {
    let key = input.call(Ident::parse_any)?;
    input
        .parse::<Token![=]>()
        .and_then(|_| Ok((key.clone(), value(input)?)))
        .or_else(|_| {
            let rest = until_comma(input)?;
            Err(Error::new_spanned(quote!(#key #rest), message))
        })
}

/// `unlisted("name")`.
fn unlisted(tokens: TokenStream) -> Result<Name> {
    let parser = |input: ParseStream| {
        input.parse::<kw::unlisted>()?;
        let content;
        parenthesized!(content in input);
        let literal = content.parse()?;
        content.parse::<Option<Token![,]>>()?;
        Ok(literal)
    };
    let literal = parser.parse2(tokens.clone()).map_err(|_| {
        let message = name::one_for_each(&strings(tokens.clone()));
        Error::new_spanned(tokens, message)
    })?;
    Name::unlisted(literal)
}

/// Checks that a comma or the end follows an argument. After a name, tokens that contain
/// strings are reported as more names.
fn expect_comma(input: ParseStream, name: Option<String>) -> Result<()> {
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(());
    }
    let place = input.span();
    let is_option = input.peek(Ident::peek_any) && input.peek2(Token![=]);
    let more = strings(until_comma(input)?);
    let message = match name {
        Some(name) if !is_option && !more.is_empty() => {
            let names = [vec![name], more].concat();
            format!("names are separated by commas: {}", attribute(&names))
        }
        _ => "separate this with a comma, or remove it".to_owned(),
    };
    Err(Error::new(place, message))
}

fn not_an_option(key: &Ident, value: TokenStream) -> Error {
    let mut names = names(value);
    names.retain(|name| name::is_listed(name));
    let attribute = attribute(&names);
    let message = format!(
        "unknown option `{key}`; the options are `id` and `crate`, and a name stands alone: {attribute}"
    );
    Error::new(key.span(), message)
}

fn not_a_name(tokens: TokenStream) -> Error {
    let attribute = attribute(&names(tokens.clone()));
    let message = if strings(tokens.clone()).is_empty() {
        format!("the name of an event is a string: {attribute}")
    } else {
        format!("names are separated by commas, without brackets: {attribute}")
    };
    Error::new_spanned(tokens, message)
}

fn until_comma(input: ParseStream) -> Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?.to_tokens(&mut tokens);
    }
    Ok(tokens)
}

/// The names that the user meant, with or without quotes.
fn names(tokens: TokenStream) -> Vec<String> {
    let text = tokens.to_string().replace(' ', "");
    let strings = strings(tokens);
    if strings.is_empty() {
        return vec![name::without_quotes(&text).to_owned()];
    }
    strings
}

/// All strings, including those in brackets.
fn strings(tokens: TokenStream) -> Vec<String> {
    let within = |token| match token {
        TokenTree::Group(group) => strings(group.stream()),
        token => Vec::from_iter(syn::parse2(token.into()).map(|literal: LitStr| literal.value())),
    };
    tokens.into_iter().flat_map(within).collect()
}
