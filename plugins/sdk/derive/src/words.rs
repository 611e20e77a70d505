//! `#[derive(Setting)]`: an enum of words.

use crate::attributes::Attributes;
use crate::json;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Fields};

/// The implementation of `Setting`, and `as_str`.
///
/// # Errors
///
/// Where the type is no enum of words, or an attribute is not understood.
pub(crate) fn derive(input: &DeriveInput) -> syn::Result<TokenStream> {
    let Data::Enum(choice) = &input.data else {
        return Err(Error::new_spanned(
            input,
            "only an enum is a choice of words; implement `Setting` for anything else",
        ));
    };
    let (mut variants, mut words) = (Vec::new(), Vec::new());
    for variant in &choice.variants {
        if !matches!(variant.fields, Fields::Unit) {
            return Err(Error::new_spanned(variant, "a word has no fields"));
        }
        let attributes = Attributes::read(&variant.attrs)?.only("a word", &["word"])?;
        words.push(attributes.word.unwrap_or_else(|| variant.ident.to_string()));
        variants.push(&variant.ident);
    }
    if words.is_empty() {
        return Err(Error::new_spanned(input, "a choice needs a word to choose"));
    }
    let quoted: Vec<_> = words.iter().map(|word| json::string(word)).collect();
    let schema = format!("\"type\":\"string\",\"enum\":[{}]", quoted.join(","));
    let wrong = format!("has to be one of {}", words.join(", "));
    let (name, visible) = (&input.ident, &input.vis);
    Ok(quote! {
        impl #name {
            /// The word that stands for it.
            #[must_use]
            #visible const fn as_str(&self) -> &'static str {
                match self {
                    #(Self::#variants => #words),*
                }
            }
        }

        impl ::quoin_plugin::Setting for #name {
            const SCHEMA: ::quoin_plugin::Schema = ::quoin_plugin::Schema::Text(#schema);

            fn read(
                value: ::quoin_plugin::Value,
            ) -> ::core::result::Result<Self, ::quoin_plugin::Wrong> {
                match value.as_str() {
                    #(::core::option::Option::Some(#words) => ::core::result::Result::Ok(Self::#variants),)*
                    _ => ::core::result::Result::Err(#wrong.into()),
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::derive;

    #[test]
    fn what_is_no_choice_of_words_is_told() {
        for (source, expected) in [
            ("struct A { b: u8 }", "only an enum"),
            ("enum A { B(u8) }", "a word has no fields"),
            ("enum A {}", "needs a word"),
            ("enum A { #[config(minimum = 1)] B }", "`minimum` has no meaning for a word"),
        ] {
            let error = derive(&syn::parse_str(source).expect("Rust")).expect_err(source).to_string();
            assert!(error.contains(expected), "{source}: {error}");
        }
    }
}
