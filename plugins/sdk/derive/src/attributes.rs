//! What is written above a type, a field or a word: its documentation and `#[config(…)]`.

use crate::json;
use proc_macro2::Span;
use syn::{Attribute, Error, Expr, ExprLit, ExprUnary, Lit, Meta, Path, UnOp};

/// The keywords of JSON Schema that an attribute can set, as Rust and as JSON Schema writes them.
const KEYWORDS: [(&str, &str); 8] = [
    ("minimum", "minimum"),
    ("maximum", "maximum"),
    ("min_length", "minLength"),
    ("max_length", "maxLength"),
    ("min_items", "minItems"),
    ("max_items", "maxItems"),
    ("pattern", "pattern"),
    ("capability", "x-capability"),
];

/// All of it. Whoever reads it takes what makes sense there, and [`Attributes::rest`] refuses what is left.
#[derive(Default)]
pub(crate) struct Attributes {
    description: String,
    /// `default = …`, as the literal and as JSON.
    pub(crate) default: Option<(Expr, String)>,
    /// `check = …`
    pub(crate) check: Option<Path>,
    /// `word = …`
    pub(crate) word: Option<String>,
    /// `schema = …`: members as they are.
    schema: Option<String>,
    keywords: Vec<(&'static str, String)>,
    spans: Vec<(&'static str, Span)>,
}

impl Attributes {
    /// Reads them.
    ///
    /// # Errors
    ///
    /// What is not known here, with what is.
    pub(crate) fn read(attributes: &[Attribute]) -> syn::Result<Self> {
        let mut read = Self::default();
        let mut lines = Vec::new();
        for attribute in attributes {
            if attribute.path().is_ident("doc")
                && let Meta::NameValue(doc) = &attribute.meta
                && let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &doc.value
            {
                lines.push(text.value().trim().to_owned());
            } else if attribute.path().is_ident("config") {
                attribute.parse_nested_meta(|meta| read.entry(&meta))?;
            }
        }
        // A description is one line; what stands behind an empty one is for those who read the source.
        read.description = lines.split(String::is_empty).next().unwrap_or_default().join(" ");
        Ok(read)
    }

    fn entry(&mut self, meta: &syn::meta::ParseNestedMeta<'_>) -> syn::Result<()> {
        let span = meta.path.get_ident().map_or_else(Span::call_site, syn::Ident::span);
        if meta.path.is_ident("check") {
            self.check = Some(meta.value()?.parse()?);
            self.spans.push(("check", span));
        } else if meta.path.is_ident("word") {
            self.word = Some(meta.value()?.parse::<syn::LitStr>()?.value());
            self.spans.push(("word", span));
        } else if meta.path.is_ident("schema") {
            self.schema = Some(meta.value()?.parse::<syn::LitStr>()?.value());
            self.spans.push(("schema", span));
        } else if meta.path.is_ident("default") {
            let value: Expr = meta.value()?.parse()?;
            let text = literal(&value)?;
            self.default = Some((value, text));
            self.spans.push(("default", span));
        } else if let Some((name, keyword)) = KEYWORDS.iter().find(|(name, _)| meta.path.is_ident(name)) {
            self.keywords.push((keyword, literal(&meta.value()?.parse()?)?));
            self.spans.push((name, span));
        } else {
            let known: Vec<_> = KEYWORDS.iter().map(|(name, _)| *name).collect();
            return Err(meta.error(format!(
                "not known here; known are check, schema, word, default, {}",
                known.join(", ")
            )));
        }
        Ok(())
    }

    /// The members of a JSON Schema that these are, each with a comma in front.
    pub(crate) fn members(&self) -> String {
        let mut members = String::new();
        if !self.description.is_empty() {
            members += &format!(",\"description\":{}", json::string(&self.description));
        }
        for (keyword, value) in &self.keywords {
            members += &format!(",\"{keyword}\":{value}");
        }
        if let Some((_, value)) = &self.default {
            members += &format!(",\"default\":{value}");
        }
        if let Some(schema) = &self.schema {
            members += &format!(",{schema}");
        }
        members
    }

    /// Refuses what has no meaning where this stands; `allowed` has.
    ///
    /// # Errors
    ///
    /// The first that has none.
    pub(crate) fn only(self, place: &str, allowed: &[&str]) -> syn::Result<Self> {
        match self.spans.iter().find(|(name, _)| !allowed.contains(name)) {
            Some((name, span)) => Err(Error::new(*span, format!("`{name}` has no meaning for {place}"))),
            None => Ok(self),
        }
    }

    /// What a field may have.
    pub(crate) fn of_field(self) -> syn::Result<Self> {
        let mut allowed: Vec<&str> = KEYWORDS.iter().map(|(name, _)| *name).collect();
        allowed.extend(["default", "schema"]);
        self.only("a field", &allowed)
    }
}

/// A literal as JSON.
fn literal(value: &Expr) -> syn::Result<String> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(json::string(&text.value())),
        Expr::Lit(ExprLit { lit: Lit::Bool(flag), .. }) => Ok(flag.value.to_string()),
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => Ok(number.base10_digits().to_owned()),
        Expr::Lit(ExprLit { lit: Lit::Float(number), .. }) => Ok(number.base10_digits().to_owned()),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => Ok(format!("-{}", literal(expr)?)),
        other => Err(Error::new_spanned(other, "a literal is needed: a text, a number, true or false")),
    }
}
