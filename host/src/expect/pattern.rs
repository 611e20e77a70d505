//! The patterns of `matches`: regular expressions that know ASCII's classes and cases only.
//!
//! The engine is the smallest that `regex` is made of, without the tables of Unicode, which alone are larger than it.
//! It still reads text as UTF-8, so `.` is a character; but what would need the tables is replaced before it is
//! compiled, by what Go's expr means: `\d`, `\s`, `\w` and `\b` are ASCII's there too.

use super::ExpectError;
use super::budget::charge;
use super::value::{describe, text_cost};
use expr::{Error, Value};
use regex_automata::nfa::thompson::pikevm::PikeVM;
use regex_automata::nfa::thompson::{Compiler, Config, WhichCaptures};
use regex_syntax::ast::parse::Parser;
use regex_syntax::ast::{
    AssertionKind, Ast, ClassAsciiKind, ClassBracketed, ClassPerl, ClassPerlKind, ClassSet, ClassSetItem,
    ClassSetRange, ClassSetUnion, Flag, Flags, FlagsItem, FlagsItemKind, Group, GroupKind, Literal,
    LiteralKind, Span,
};
use regex_syntax::hir::translate::Translator;
use std::cell::RefCell;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// What a compiled pattern may take, in bytes: enough for `.{1000}`.
const SIZE: usize = 1 << 20;

const LOWER: RangeInclusive<char> = 'a'..='z';
const UPPER: RangeInclusive<char> = 'A'..='Z';

/// An expectation's patterns, in the order in which they stand there.
pub(super) type Patterns = Arc<[PikeVM]>;

thread_local! {
    /// The patterns of the expectation that is evaluated: the evaluator has no place for them either.
    static CURRENT: RefCell<Option<Patterns>> = const { RefCell::new(None) };
}

/// Runs `work` with these patterns for [`matches`].
pub(super) fn with_patterns<T>(patterns: &Patterns, work: impl FnOnce() -> T) -> T {
    CURRENT.set(Some(Arc::clone(patterns)));
    let done = work();
    CURRENT.set(None);
    done
}

/// Whether a text matches the current expectation's pattern of that number.
pub(super) fn matches(arguments: &[Value]) -> expr::Result<Value> {
    let [text, Value::Integer(index)] = arguments else {
        return Err(Error::ExprError("`matches` takes text and a pattern".into()));
    };
    let Value::String(text) = text else {
        return Err(Error::ExprError(format!("`matches` takes text, and this is {}", describe(text))));
    };
    charge(text_cost(text.len()))?;
    let current = CURRENT.with_borrow(Clone::clone);
    let pattern = usize::try_from(*index).ok().and_then(|index| current.as_deref()?.get(index));
    let pattern = pattern.ok_or_else(|| Error::ExprError("there is no such pattern".into()))?;
    Ok(pattern.is_match(&mut pattern.create_cache(), text).into())
}

/// Compiles a pattern that stands at that column.
pub(super) fn compile(pattern: &str, column: usize, width: usize) -> Result<PikeVM, ExpectError> {
    read(pattern).map_err(|why| ExpectError { message: format!("this is no pattern: {why}"), column, width })
}

/// Compiles a pattern, or says why it is none.
pub(crate) fn read(pattern: &str) -> Result<PikeVM, String> {
    let mut ast = Parser::new().parse(pattern).map_err(|error| error.kind().to_string())?;
    Ascii { fold: false }.pattern(&mut ast)?;
    let hir = Translator::new().translate(pattern, &ast).map_err(|error| error.kind().to_string())?;
    let config = Config::new().nfa_size_limit(Some(SIZE)).which_captures(WhichCaptures::None);
    // A pattern is used once, on a small file: a faster engine costs far more to build than it wins.
    let compiled = Compiler::new().configure(config).build_from_hir(&hir).and_then(PikeVM::new_from_nfa);
    compiled.map_err(|error| match error.size_limit() {
        Some(_) => "it is too large; repeat less".to_owned(),
        None => error.to_string(),
    })
}

/// Replaces what would need tables of Unicode.
struct Ascii {
    /// The flag `i` is set. It is taken out of the pattern, since it means Unicode's cases there.
    fold: bool,
}

impl Ascii {
    fn pattern(&mut self, ast: &mut Ast) -> Result<(), String> {
        match ast {
            Ast::Empty(_) | Ast::Dot(_) => {}
            Ast::Flags(set) => self.flags(&mut set.flags),
            Ast::Literal(literal) => {
                if let Some(class) = self.literal(literal) {
                    *ast = Ast::class_bracketed(class);
                }
            }
            Ast::Assertion(assertion) => {
                use AssertionKind::{EndLine, EndText, StartLine, StartText};
                if !matches!(assertion.kind, StartLine | EndLine | StartText | EndText) {
                    let inner = Ast::assertion((**assertion).clone());
                    *ast = without_unicode(inner, assertion.span);
                }
            }
            Ast::ClassUnicode(_) => return Err(no_unicode()),
            Ast::ClassPerl(class) => *ast = Ast::class_bracketed(perl(class)),
            Ast::ClassBracketed(class) => self.set(&mut class.kind)?,
            Ast::Repetition(repetition) => self.pattern(&mut repetition.ast)?,
            Ast::Group(group) => {
                // A flag holds to the end of the group that it is set in.
                let outside = self.fold;
                if let GroupKind::NonCapturing(flags) = &mut group.kind {
                    self.flags(flags);
                }
                self.pattern(&mut group.ast)?;
                self.fold = outside;
            }
            Ast::Alternation(all) => all.asts.iter_mut().try_for_each(|ast| self.pattern(ast))?,
            Ast::Concat(all) => all.asts.iter_mut().try_for_each(|ast| self.pattern(ast))?,
        }
        Ok(())
    }

    fn flags(&mut self, flags: &mut Flags) {
        self.fold = flags.flag_state(Flag::CaseInsensitive).unwrap_or(self.fold);
        flags.items.retain(|item| item.kind != FlagsItemKind::Flag(Flag::CaseInsensitive));
    }

    fn set(&mut self, set: &mut ClassSet) -> Result<(), String> {
        match set {
            ClassSet::Item(item) => self.item(item),
            ClassSet::BinaryOp(operation) => {
                self.set(&mut operation.lhs)?;
                self.set(&mut operation.rhs)
            }
        }
    }

    fn item(&mut self, item: &mut ClassSetItem) -> Result<(), String> {
        match item {
            ClassSetItem::Empty(_) => {}
            ClassSetItem::Literal(literal) => {
                if let Some(class) = self.literal(literal) {
                    *item = ClassSetItem::Bracketed(Box::new(class));
                }
            }
            ClassSetItem::Range(range) if self.fold => {
                let class = folded(range.span, range.start.c..=range.end.c);
                *item = ClassSetItem::Bracketed(Box::new(class));
            }
            ClassSetItem::Range(_) => {}
            ClassSetItem::Ascii(class) => {
                if self.fold && matches!(class.kind, ClassAsciiKind::Lower | ClassAsciiKind::Upper) {
                    class.kind = ClassAsciiKind::Alpha;
                }
            }
            ClassSetItem::Unicode(_) => return Err(no_unicode()),
            ClassSetItem::Perl(class) => *item = ClassSetItem::Bracketed(Box::new(perl(class))),
            ClassSetItem::Bracketed(class) => self.set(&mut class.kind)?,
            ClassSetItem::Union(all) => all.items.iter_mut().try_for_each(|item| self.item(item))?,
        }
        Ok(())
    }

    /// Both cases of a letter, if that is what it stands for.
    fn literal(&self, literal: &Literal) -> Option<ClassBracketed> {
        (self.fold && literal.c.is_ascii_alphabetic()).then(|| folded(literal.span, literal.c..=literal.c))
    }
}

fn no_unicode() -> String {
    "Unicode classes such as \\pL are not in this build; ranges such as [à-ÿ] are".to_owned()
}

/// A word's boundary, or what else depends on what a letter is.
fn without_unicode(ast: Ast, span: Span) -> Ast {
    let kinds = [FlagsItemKind::Negation, FlagsItemKind::Flag(Flag::Unicode)];
    let items = kinds.map(|kind| FlagsItem { span, kind });
    let kind = GroupKind::NonCapturing(Flags { span, items: items.into() });
    Ast::group(Group { span, kind, ast: Box::new(ast) })
}

fn perl(class: &ClassPerl) -> ClassBracketed {
    let ranges: &[RangeInclusive<char>] = match class.kind {
        ClassPerlKind::Digit => &['0'..='9'],
        // As in Go, without the vertical tab.
        ClassPerlKind::Space => &['\t'..='\n', '\x0c'..='\r', ' '..=' '],
        ClassPerlKind::Word => &['0'..='9', UPPER, '_'..='_', LOWER],
    };
    ClassBracketed { negated: class.negated, ..bracketed(class.span, ranges) }
}

/// The characters, and the other cases of the letters among them.
fn folded(span: Span, characters: RangeInclusive<char>) -> ClassBracketed {
    let (start, end) = (*characters.start(), *characters.end());
    let lower = start.max('a').to_ascii_uppercase()..=end.min('z').to_ascii_uppercase();
    let upper = start.max('A').to_ascii_lowercase()..=end.min('Z').to_ascii_lowercase();
    let mut ranges = vec![characters];
    if start <= 'z' && end >= 'a' {
        ranges.push(lower);
    }
    if start <= 'Z' && end >= 'A' {
        ranges.push(upper);
    }
    bracketed(span, &ranges)
}

fn bracketed(span: Span, ranges: &[RangeInclusive<char>]) -> ClassBracketed {
    let literal = |c: char| Literal { span, kind: LiteralKind::Verbatim, c };
    let range = |range: &RangeInclusive<char>| {
        ClassSetItem::Range(ClassSetRange {
            span,
            start: literal(*range.start()),
            end: literal(*range.end()),
        })
    };
    let union = ClassSetUnion { span, items: ranges.iter().map(range).collect() };
    ClassBracketed { span, negated: false, kind: ClassSet::union(union) }
}
