use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use siohook_events::Event;
use syn::ext::IdentExt;
use syn::{Error, Path, ReturnType, parse_quote};

use crate::args::Args;
use crate::handler::Handler;
use crate::name::Name;

/// The function as it was written, and its entry in the registry or all that is
/// wrong with it.
pub(crate) fn expand(source: &TokenStream, handler: &Handler, args: &Args) -> TokenStream {
    let mut errors = args
        .errors
        .iter()
        .chain(&handler.errors)
        .map(Error::to_compile_error);
    if let Some(first) = errors.next() {
        return quote!(#source #first #(#errors)*);
    }
    let entry = entry(handler, args);
    quote!(#source #entry)
}

fn entry(
    handler: &Handler,
    Args {
        names, id, krate, ..
    }: &Args,
) -> TokenStream {
    let krate = krate.clone().unwrap_or_else(|| parse_quote!(::siohook));
    let run = run(handler, &krate, &argument(names, &krate, &quote!('_)));
    let argument = argument(names, &krate, &quote!('static));
    let arguments = &handler.arguments;
    let name = handler.name.unraw().to_string();
    let literals = names.iter().map(|name| &name.literal);
    let none = quote!(::core::option::Option::None);
    let id = id
        .as_ref()
        .map_or(none, |id| quote!(::core::option::Option::Some(#id)));
    // Spanned so that file and line are those of the function.
    let location = quote_spanned!(handler.name.span()=>
        #krate::__private::Location::new(::core::file!(), ::core::line!(), ::core::column!())
    );
    // Nothing here has a name, because the handler may have any.
    quote! {
        #[allow(deprecated)]
        const _: () = {
            #krate::__private::inventory::submit! {
                #krate::__private::Registration {
                    names: &[#(#literals),*],
                    function: ::core::concat!(::core::module_path!(), "::", #name),
                    id: #id,
                    location: #location,
                    requirements: &[
                        #(<#arguments as #argument>::requirements),*
                    ],
                    run: #run,
                }
            }
        };
    }
}

/// The trait that an argument of the handler implements, which depends on the events and
/// has one text for each kind of them.
fn argument(names: &[Name], krate: &Path, lifetime: &TokenStream) -> TokenStream {
    let events: Vec<&Event> = names
        .iter()
        .flat_map(|name| name.listed.iter().copied())
        .collect();
    let is_unlisted = names.iter().any(|name| name.listed.is_empty());
    let item = |name: &str| Ident::new(name, Span::mixed_site());
    match (names, &*events) {
        ([name], _) if name.literal.value() == "*" => {
            quote!(#krate::__private::ArgumentOfAny<#lifetime>)
        }
        ([_], []) => quote!(#krate::__private::ArgumentOfUnlisted<#lifetime>),
        (_, [event]) if !is_unlisted => {
            let module = item(event.mechanism().as_str());
            let payload = item(event.payload());
            quote!(#krate::FromDelivery<#lifetime, #krate::#module::#payload>)
        }
        _ => {
            let first = events.first().and_then(|event| event.unified());
            let same = |event: &&Event| event.unified() == first;
            match first {
                Some(unified) if !is_unlisted && events.iter().all(same) => {
                    let unified = item(unified);
                    quote!(#krate::__private::ArgumentOfUnified<#lifetime, #krate::unified::#unified>)
                }
                _ => quote!(#krate::__private::ArgumentOfSeveral<#lifetime>),
            }
        }
    }
}

/// A closure that takes the arguments from a delivery and calls the function.
fn run(handler: &Handler, krate: &Path, argument: &TokenStream) -> TokenStream {
    let Handler {
        name,
        arguments,
        output,
        ..
    } = handler;
    let local = |name: &str| Ident::new(name, Span::mixed_site());
    let (context, it) = (local("context"), local("it"));
    let locals: Vec<Ident> = (0..arguments.len())
        .map(|i| local(&format!("argument_{i}")))
        .collect();
    let output = match output {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, output) => quote!(#output),
    };
    // Dropping an argument may panic, and all but the last are dropped if a later one can't be
    // taken.
    let guarded = quote!(#krate::__private::Guarded);
    let (taken, given): (Vec<_>, Vec<_>) = locals
        .iter()
        .map(|local| {
            if Some(local) == locals.last() {
                return (quote!(#it), quote!(#local));
            }
            (
                quote!(#guarded::new(#it)),
                quote!(#guarded::into_inner(#local)),
            )
        })
        .unzip();
    // The box holds the function's own future, so that no argument is in it twice.
    let call = if handler.is_async {
        quote!(#name(#(#given),*))
    } else {
        quote!(async move { #name(#(#given),*) })
    };
    // On the function, because that is what may not be `Send`.
    let call = located_at(name.span(), call);
    quote!(|#context| {
        #(
            let #locals = match <#arguments as #argument>::from_delivery(#context) {
                ::core::result::Result::Ok(#it) => #taken,
                ::core::result::Result::Err(#it) => return #krate::__private::mismatched(#it),
            };
        )*
        <#output as #krate::__private::HandlerResult>::boxed(#call)
    })
}

/// The same names, and errors about them at another place.
fn located_at(place: Span, tokens: TokenStream) -> TokenStream {
    let locate = |mut token: TokenTree| {
        token.set_span(token.span().located_at(place));
        token
    };
    tokens.into_iter().map(locate).collect()
}
