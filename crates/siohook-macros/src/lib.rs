//! The attribute macro of [`siohook`](https://docs.rs/siohook). Use that crate
//! instead: the expansion names its items.

mod args;
mod expand;
mod handler;
mod name;

use proc_macro::TokenStream;
use syn::parse_macro_input;

// `siohook` documents its re-export, and rustdoc would join both texts.
#[allow(missing_docs)]
#[proc_macro_attribute]
pub fn on_event(args: TokenStream, item: TokenStream) -> TokenStream {
    let source = item.clone().into();
    let handler = parse_macro_input!(item as handler::Handler);
    expand::expand(&source, &handler, &args::parse(args.into())).into()
}
