use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{Error, Parse, ParseStream, Result};
use syn::{Attribute, FnArg, Ident, ReturnType, Safety, Signature, Token, Type, Visibility};

/// The signature of the annotated function, and all errors in it. The body is not
/// parsed: the compiler explains its errors better.
pub(crate) struct Handler {
    pub(crate) name: Ident,
    pub(crate) is_async: bool,
    pub(crate) arguments: Vec<Type>,
    pub(crate) output: ReturnType,
    pub(crate) errors: Vec<Error>,
}

impl Parse for Handler {
    fn parse(input: ParseStream) -> Result<Self> {
        input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        for word in [
            "struct", "enum", "mod", "trait", "impl", "static", "type", "use",
        ] {
            if input
                .cursor()
                .ident()
                .is_some_and(|(first, _)| first == word)
            {
                return Err(input.error("`#[on_event]` belongs on a function; move it there"));
            }
        }
        let signature: Signature = input.parse()?;
        if input.peek(Token![;]) {
            return Err(input.error("a handler needs a body: `{ … }`"));
        }
        input.parse::<TokenStream>()?;
        let errors = refusals(&signature);
        let typed = |argument| match argument {
            FnArg::Typed(argument) => Some(*argument.ty),
            FnArg::Receiver(_) => None,
        };
        Ok(Self {
            name: signature.ident,
            is_async: signature.asyncness.is_some(),
            arguments: signature.inputs.into_iter().filter_map(typed).collect(),
            output: signature.output,
            errors,
        })
    }
}

/// An error for each part of a signature that a handler can't have.
fn refusals(signature: &Signature) -> Vec<Error> {
    let mut errors = vec![];
    let mut refuse = |tokens: &dyn ToTokens, message: &str| {
        errors.push(Error::new_spanned(tokens.to_token_stream(), message));
    };
    if let Some(token) = &signature.constness {
        refuse(token, "a handler can't be `const`; remove `const`");
    }
    if let Safety::Unsafe(token) = &signature.safety {
        refuse(
            token,
            "a handler can't be `unsafe`; write an `unsafe` block in its body",
        );
    }
    if let Some(token) = &signature.abi {
        refuse(
            token,
            "a handler can't be `extern`; remove it, or call the foreign function in the handler",
        );
    }
    if !signature.generics.params.is_empty() {
        let message =
            "a handler can't be generic; write the types out (a borrowed delivery is `&Delivery`)";
        refuse(&signature.generics, message);
    }
    if let Some(clause) = &signature.generics.where_clause {
        refuse(clause, "a handler can't have a `where` clause; remove it");
    }
    for argument in &signature.inputs {
        match argument {
            FnArg::Receiver(receiver) => {
                let message = "a handler is a free function; take what `self` holds as `State<T>` and move the function out of the `impl`";
                refuse(receiver, message);
            }
            FnArg::Typed(argument) => {
                for attribute in &argument.attrs {
                    refuse(
                        attribute,
                        "an argument of a handler can't have attributes; remove this one",
                    );
                }
                if has_impl(argument.ty.to_token_stream()) {
                    refuse(
                        &argument.ty,
                        "an argument of a handler can't be `impl Trait`; write the type out",
                    );
                }
            }
        }
    }
    if let Some(dots) = &signature.variadic {
        refuse(dots, "a handler can't have variadic arguments; remove them");
    }
    if has_impl(signature.output.to_token_stream()) {
        let message = "a handler can't return `impl Trait`; return `()` or `Result<(), E>`, and write `async fn` to await";
        refuse(&signature.output, message);
    }
    errors
}

fn has_impl(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => has_impl(group.stream()),
        TokenTree::Ident(ident) => ident == "impl",
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}
