//! `#[derive(Config)]`: the fields of a struct become the properties of a schema, and what reads them.

use crate::attributes::Attributes;
use crate::json;
use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt as _;
use syn::{Data, DeriveInput, Error, Fields, Type};

/// The implementation of `Config`.
///
/// # Errors
///
/// Where the type is no struct with named fields, or an attribute is not understood.
pub(crate) fn derive(input: &DeriveInput) -> syn::Result<TokenStream> {
    let Data::Struct(syn::DataStruct { fields: Fields::Named(fields), .. }) = &input.data else {
        return Err(Error::new_spanned(input, "a configuration is a struct with named fields"));
    };
    if !input.generics.params.is_empty() {
        return Err(Error::new_spanned(&input.generics, "a configuration has no parameters"));
    }
    let whole = Attributes::read(&input.attrs)?.only("a configuration", &["check", "schema"])?;
    let mut schema = Text::default();
    schema.push(r#"{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object""#);
    schema.push(&whole.members());
    schema.push(",\"properties\":{");
    let (mut reads, mut names, mut required) = (Vec::new(), Vec::new(), Vec::new());
    for (index, field) in fields.named.iter().enumerate() {
        let Some(ident) = &field.ident else { continue };
        let (name, kind) = (ident.unraw().to_string(), &field.ty);
        let attributes = Attributes::read(&field.attrs)?.of_field()?;
        let comma = if index == 0 { "" } else { "," };
        schema.push(&format!("{comma}{}:{{", json::string(&name)));
        schema.pieces.push(quote!(<#kind as ::quoin_plugin::Setting>::SCHEMA));
        schema.push(&format!("{}}}", attributes.members()));
        reads.push(match &attributes.default {
            Some((value, _)) => quote!(let #ident = fields.or(#name, #value)?;),
            None if is_option(kind) => quote!(let #ident = fields.optional(#name)?;),
            None => {
                required.push(json::string(&name));
                quote!(let #ident = fields.required(#name)?;)
            }
        });
        names.push(ident);
    }
    schema.push("}");
    if !required.is_empty() {
        schema.push(&format!(",\"required\":[{}]", required.join(",")));
    }
    schema.push(",\"additionalProperties\":false}");
    let (name, pieces) = (&input.ident, &schema.pieces);
    let check = whole.check.map(|check| quote!(#check(&config)?;));
    Ok(quote! {
        impl ::quoin_plugin::Config for #name {
            const SCHEMA: &'static str = {
                const ALL: ::quoin_plugin::Schema = ::quoin_plugin::Schema::All(&[#(#pieces),*]);
                const BYTES: [u8; ALL.length()] = ALL.bytes();
                ::quoin_plugin::Schema::text(&BYTES)
            };

            fn read(
                fields: &mut ::quoin_plugin::Fields,
            ) -> ::core::result::Result<Self, ::quoin_plugin::ErrorDetail> {
                #(#reads)*
                let config = Self { #(#names),* };
                #check
                ::core::result::Result::Ok(config)
            }
        }
    })
}

/// Whether a field may be left out because of its type, which has to be written as `Option<…>`.
fn is_option(kind: &Type) -> bool {
    matches!(kind, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Option"))
}

/// Pieces of a schema: texts that are known here, and the schemas of types, which only the compiler knows.
#[derive(Default)]
struct Text {
    pieces: Vec<TokenStream>,
}

impl Text {
    fn push(&mut self, text: &str) {
        self.pieces.push(quote!(::quoin_plugin::Schema::Text(#text)));
    }
}

#[cfg(test)]
mod tests {
    use super::derive;

    fn error(source: &str) -> String {
        derive(&syn::parse_str(source).expect("Rust")).expect_err(source).to_string()
    }

    #[test]
    fn what_is_no_configuration_is_told() {
        for (source, expected) in [
            ("struct A(u8);", "a struct with named fields"),
            ("enum A { B }", "a struct with named fields"),
            ("struct A<T> { b: T }", "no parameters"),
            ("struct A { #[config(minium = 1)] b: u8 }", "not known here; known are check"),
            ("struct A { #[config(default = f())] b: u8 }", "a literal is needed"),
            ("struct A { #[config(check = f)] b: u8 }", "`check` has no meaning for a field"),
            ("#[config(minimum = 1)] struct A { b: u8 }", "`minimum` has no meaning for a configuration"),
        ] {
            assert!(error(source).contains(expected), "{source}: {}", error(source));
        }
    }

    #[test]
    fn names_and_texts_become_json() {
        let source = r#"struct A {
            /// Says "yes",
            /// or no.
            ///
            /// For those who read the source.
            #[config(pattern = "^\\d$", minimum = -1, default = 1.5)]
            r#type: f64,
        }"#;
        let source = syn::parse_str(source).expect("Rust");
        let code = derive(&source).expect("a configuration").to_string();
        let text = r#"\"description\":\"Says \\\"yes\\\", or no.\",\"pattern\":\"^\\\\d$\",\"minimum\":-1,\"default\":1.5"#;
        assert!(code.contains(text), "{code}");
        assert!(code.contains(r#"\"type\":{"#) && !code.contains("required"), "{code}");
    }
}
