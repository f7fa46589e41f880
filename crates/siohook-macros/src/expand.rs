use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use siohook_events::Event;
use syn::ext::IdentExt;
use syn::{Error, Path, ReturnType, parse_quote};

use crate::args::Args;
use crate::handler::Handler;
use crate::name::Name;

/// Returns the unchanged function, followed by its entry in the registry or by all
/// errors.
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
    // The span makes file and line those of the function.
    let location = quote_spanned!(handler.name.span()=>
        #krate::__private::Location::new(::core::file!(), ::core::line!(), ::core::column!())
    );
    // No item here is named, because the handler may have any name.
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

/// The trait that an argument of the handler must implement. It depends on the events, so
/// that each kind of them has its own compile error.
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

/// A closure that extracts the arguments from a delivery and calls the function.
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
    // If an argument can't be extracted, those before it are dropped, which may panic. No
    // argument follows the last one, so it needs no guard.
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
    // The box holds the function's own future, so that no argument is stored twice.
    let call = if handler.is_async {
        quote!(#name(#(#given),*))
    } else {
        quote!(async move { #name(#(#given),*) })
    };
    // The error points to the function, whose future may not be `Send`.
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

/// Resolves names as before, but reports errors about them at `place`.
fn located_at(place: Span, tokens: TokenStream) -> TokenStream {
    let locate = |mut token: TokenTree| {
        token.set_span(token.span().located_at(place));
        token
    };
    tokens.into_iter().map(locate).collect()
}
