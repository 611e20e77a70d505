//! The derives of `quoin-plugin`, which documents them: `Config` for a configuration and `Setting` for a choice of
//! words. They run in the compiler; what a module gets of them is one text, the schema, and a call for each field.

mod attributes;
mod config;
mod json;
mod words;

use proc_macro::TokenStream;

/// Derives `quoin_plugin::Config` for a struct with named fields.
#[proc_macro_derive(Config, attributes(config))]
pub fn derive_config(input: TokenStream) -> TokenStream {
    expand(input, config::derive)
}

/// Derives `quoin_plugin::Setting` for an enum of words.
#[proc_macro_derive(Setting, attributes(config))]
pub fn derive_setting(input: TokenStream) -> TokenStream {
    expand(input, words::derive)
}

fn expand(
    input: TokenStream,
    derive: fn(&syn::DeriveInput) -> syn::Result<proc_macro2::TokenStream>,
) -> TokenStream {
    syn::parse(input).and_then(|input| derive(&input)).unwrap_or_else(|error| error.to_compile_error()).into()
}
