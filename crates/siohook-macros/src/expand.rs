use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use siohook_events::{Event, Mechanism};
use syn::Path;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use crate::args::{Args, Name, Parsed, Reach};
use crate::handler::Handler;

/// The function as it was written, and its entry in the registry or what is
/// wrong with it.
pub(crate) fn expand(source: TokenStream, handler: &Handler, parsed: Parsed) -> TokenStream {
    let errors = [parsed.errors.as_ref(), handler.errors.as_ref()];
    if errors.iter().any(Option::is_some) {
        let errors = errors
            .into_iter()
            .flatten()
            .map(syn::Error::to_compile_error);
        return quote!(#source #(#errors)*);
    }
    let entry = entry(handler, &parsed.args);
    quote!(#source #entry)
}

fn entry(handler: &Handler, args: &Args) -> TokenStream {
    let Args { names, id, krate } = args;
    let (event, declaration) = event(names, krate);
    let run = run(handler, krate, &event);
    let arguments = &handler.arguments;
    let name = handler.name.unraw().to_string();
    let literals = names.iter().map(|name| &name.literal);
    let id = match id {
        Some(id) => quote!(::core::option::Option::Some(#id)),
        None => quote!(::core::option::Option::None),
    };
    // Spanned so that file and line are those of the function.
    let location = quote_spanned!(handler.name.span()=>
        #krate::__private::Location::new(::core::file!(), ::core::line!(), ::core::column!())
    );
    // The block holds no function and no value with a name, because the
    // handler may have any.
    quote! {
        #[allow(deprecated)]
        const _: () = {
            #declaration
            #krate::__private::inventory::submit! {
                #krate::__private::Registration {
                    names: &[#(#literals),*],
                    function: ::core::concat!(::core::module_path!(), "::", #name),
                    id: #id,
                    location: #location,
                    arguments: &[#(#krate::__private::Argument::of::<#arguments, #event>()),*],
                    run: #run,
                }
            }
        };
    }
}

/// The type that stands for what the handler listens to, and its declaration
/// where it is not one of siohook's.
fn event(names: &[Name], krate: &Path) -> (TokenStream, TokenStream) {
    if let [name] = names {
        match (&name.reach, &*name.listed) {
            (Reach::Listed, [event]) => return (payload(event, krate), quote!()),
            (Reach::Unlisted, _) => return (quote!(#krate::UnlistedEvent), quote!()),
            _ if name.literal.value() == "*" => return (quote!(#krate::AnyEvent), quote!()),
            _ => {}
        }
    }
    let several = Ident::new("SeveralEvents", Span::mixed_site());
    let carried = carried(names, krate);
    let declaration = quote! {
        enum #several {}
        #(impl #krate::__private::Carries<#carried> for #several {})*
    };
    (quote!(#several), declaration)
}

/// The payload types that all of the names have in common.
fn carried(names: &[Name], krate: &Path) -> Vec<TokenStream> {
    let events: Vec<&Event> = names
        .iter()
        .flat_map(|name| name.listed.iter().copied())
        .collect();
    let [first, rest @ ..] = &*events else {
        return vec![];
    };
    if names.iter().any(|name| name.reach == Reach::Unlisted) {
        return vec![];
    }
    let mut carried = vec![];
    if rest.is_empty() {
        carried.push(payload(first, krate));
    }
    if let Some(unified) = first.unified()
        && rest.iter().all(|event| event.unified() == Some(unified))
    {
        let unified = Ident::new(unified, Span::mixed_site());
        carried.push(quote!(#krate::unified::#unified));
    }
    carried
}

fn payload(event: &Event, krate: &Path) -> TokenStream {
    let ty = Ident::new(event.payload(), Span::mixed_site());
    match event.mechanism() {
        Mechanism::Automation => quote!(#krate::automation::#ty),
        Mechanism::Account => quote!(#krate::account::#ty),
    }
}

/// A closure that takes the arguments from a delivery and calls the function.
fn run(handler: &Handler, krate: &Path, event: &TokenStream) -> TokenStream {
    let Handler {
        name, arguments, ..
    } = handler;
    let context = Ident::new("context", Span::mixed_site());
    let locals: Vec<Ident> = (0..arguments.len())
        .map(|i| Ident::new(&format!("argument_{i}"), Span::mixed_site()))
        .collect();
    let taken = arguments.iter().map(|ty| {
        // On the argument, so that a type that does not fit is underlined there.
        quote_spanned!(ty.span()=>
            <#ty as #krate::FromDelivery<'_, #event>>::from_delivery(#context)?
        )
    });
    let wait = handler.is_async.then(|| quote!(.await));
    let result = quote_spanned!(handler.output.span()=> #krate::__private::result);
    // On the name, because that is what is not `Send`.
    let boxed = quote_spanned!(name.span()=> #krate::__private::boxed);
    quote! {
        |#context| #boxed(async move {
            #(let #locals = #taken;)*
            #result(#name(#(#locals),*)#wait)
        })
    }
}
