use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Error, Parse, ParseStream, Result};
use syn::{Attribute, FnArg, Ident, ReturnType, Safety, Signature, Type, Visibility};

/// The function that the attribute stands on, as far as a handler is concerned.
/// Its body is not read: whatever is wrong there, the compiler says better.
pub(crate) struct Handler {
    pub(crate) name: Ident,
    pub(crate) is_async: bool,
    pub(crate) arguments: Vec<Type>,
    pub(crate) output: ReturnType,
    pub(crate) errors: Option<Error>,
}

impl Parse for Handler {
    fn parse(input: ParseStream) -> Result<Self> {
        input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        let start = input.cursor();
        let signature: Signature = input.parse().map_err(|error| {
            if start
                .token_stream()
                .into_iter()
                .any(|token| is_word(&token, "fn"))
            {
                error
            } else {
                Error::new(start.span(), "`#[on_event]` stands on a function")
            }
        })?;
        if !input.peek(syn::token::Brace) {
            return Err(input.error("a handler has a body: `{ … }`"));
        }
        input.parse::<TokenStream>()?;
        let errors = refusals(&signature)
            .into_iter()
            .reduce(|mut errors, error| {
                errors.combine(error);
                errors
            });
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

/// Everything that a handler can't have, each on its own token.
fn refusals(signature: &Signature) -> Vec<Error> {
    let mut errors = vec![];
    let mut refuse = |tokens: &dyn ToTokens, message: &str| {
        errors.push(Error::new_spanned(quote!(#tokens), message));
    };
    if let Some(token) = &signature.constness {
        refuse(token, "a handler can't be `const`; remove the word");
    }
    if let Safety::Unsafe(token) = &signature.safety {
        refuse(
            token,
            "a handler can't be `unsafe`; keep the unsafe code in a block inside it",
        );
    }
    if let Some(token) = &signature.abi {
        refuse(
            token,
            "a handler can't be `extern`; remove it, or call the foreign function inside",
        );
    }
    if !signature.generics.params.is_empty() {
        refuse(
            &signature.generics,
            "a handler can't be generic; write the types out (a borrowed delivery is `&Delivery`)",
        );
    }
    if let Some(clause) = &signature.generics.where_clause {
        refuse(clause, "a handler has no `where` clause; remove it");
    }
    for argument in &signature.inputs {
        match argument {
            FnArg::Receiver(receiver) => refuse(
                receiver,
                "a handler is a free function; take what `self` holds as `State<T>` and move the function out of the `impl`",
            ),
            FnArg::Typed(argument) => {
                for attribute in &argument.attrs {
                    refuse(
                        attribute,
                        "an argument of a handler has no attributes; remove it",
                    );
                }
                if mentions_impl(&argument.ty) {
                    refuse(
                        &argument.ty,
                        "an argument of a handler can't be `impl Trait`; write the type out",
                    );
                }
            }
        }
    }
    if let Some(dots) = &signature.variadic {
        refuse(dots, "a handler has no variadic arguments; remove them");
    }
    if let ReturnType::Type(_, output) = &signature.output
        && mentions_impl(output)
    {
        refuse(
            output,
            "a handler can't return `impl Trait`; return `()` or `Result<(), E>`, and write `async fn` to await",
        );
    }
    errors
}

fn mentions_impl(ty: &Type) -> bool {
    fn any(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Group(group) => any(group.stream()),
            token => is_word(&token, "impl"),
        })
    }
    any(ty.to_token_stream())
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}
