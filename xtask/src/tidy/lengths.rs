//! Files and functions that fit into one head: at most 400 lines a file, 70 a function, with named exceptions.
//!
//! A function is counted from the line of its `fn` to the line of its closing brace, tests and nested ones included.

use super::Finding;
use super::source::{Source, is_identifier};
use super::tree::Tree;

const FILE_LINES_MAX: usize = 400;
const FUNCTION_LINES_MAX: usize = 70;

/// What may be longer, and why: (path, or `path::function`).
const EXCEPTIONS: &[(&str, &str)] = &[];

/// Files and functions that are too long, and exceptions that nothing needs any more.
pub fn check(tree: &Tree) -> Vec<Finding> {
    check_against(tree, EXCEPTIONS)
}

fn check_against(tree: &Tree, exceptions: &[(&str, &str)]) -> Vec<Finding> {
    let mut too_long = Vec::new();
    for (path, source) in tree.rust_files() {
        let lines = source.lines().count();
        if lines > FILE_LINES_MAX {
            let message = format!("{lines} lines, {FILE_LINES_MAX} at most: split it");
            too_long.push((path.to_owned(), Finding::of_file(path, message)));
        }
        for function in functions(&source) {
            if function.lines > FUNCTION_LINES_MAX {
                let Function { name, line, lines } = function;
                let message = format!("fn {name} has {lines} lines, {FUNCTION_LINES_MAX} at most: split it");
                too_long.push((format!("{path}::{name}"), Finding::at(path, line, message)));
            }
        }
    }
    let unneeded: Vec<Finding> = exceptions
        .iter()
        .filter(|(place, _)| !too_long.iter().any(|(long, _)| long == place))
        .map(|(place, reason)| {
            Finding::of_file(place, format!("an exception nobody needs any more ({reason})"))
        })
        .collect();
    let is_excepted = |place: &str| exceptions.iter().any(|(row, _)| *row == place);
    too_long
        .into_iter()
        .filter(|(place, _)| !is_excepted(place))
        .map(|(_, finding)| finding)
        .chain(unneeded)
        .collect()
}

/// One function with a body.
#[derive(Debug, PartialEq, Eq)]
struct Function {
    name: String,
    /// Where its `fn` stands, from 1.
    line: usize,
    /// From there to its closing brace, both counted.
    lines: usize,
}

/// Every function with a body, by counting braces.
fn functions(source: &Source) -> Vec<Function> {
    let code: Vec<char> = source.code().chars().collect();
    let mut functions = Vec::new();
    // Functions whose body is open: name, line of the `fn`, and the depth outside the body.
    let mut open: Vec<(String, usize, usize)> = Vec::new();
    // A `fn name` whose body or closing semicolon is still to come, and how many brackets stand open since.
    let mut announced: Option<(String, usize)> = None;
    let (mut line, mut depth, mut brackets, mut at) = (1, 0usize, 0usize, 0);
    while at < code.len() {
        match code[at] {
            '\n' => line += 1,
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets = brackets.saturating_sub(1),
            '{' => {
                if let Some((name, start)) = announced.take() {
                    open.push((name, start, depth));
                }
                depth += 1;
            }
            '}' => {
                depth = depth.saturating_sub(1);
                if open.last().is_some_and(|&(_, _, outside)| outside == depth) {
                    functions.extend(open.pop().map(|(name, start, _)| Function {
                        name,
                        line: start,
                        lines: line - start + 1,
                    }));
                }
            }
            ';' if brackets == 0 => announced = None,
            _ => {
                if let Some(name) = function_name(&code, at) {
                    announced = Some((name, line));
                    brackets = 0;
                }
            }
        }
        at += 1;
    }
    functions
}

/// The name behind the keyword `fn` at `at`; `None` where no function starts there (a pointer type has no name).
fn function_name(code: &[char], at: usize) -> Option<String> {
    let is_word = code[at..].starts_with(&['f', 'n', ' '])
        && !(at > 0 && (is_identifier(code[at - 1]) || code[at - 1] == '#'));
    let name: String = code.get(at + 3..)?.iter().take_while(|&&c| is_identifier(c) || c == '#').collect();
    (is_word && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::super::assert_repository_passes;
    use super::*;

    #[test]
    fn nothing_in_the_repository_is_too_long() {
        assert_repository_passes(check);
    }

    fn findings_in(files: &[(&str, &str)], exceptions: &[(&str, &str)]) -> Vec<String> {
        check_against(&Tree::made_up(files), exceptions).iter().map(Finding::to_string).collect()
    }

    #[test]
    fn functions_are_counted_from_fn_to_brace() {
        let text = "trait T { fn a(&self, f: fn (u8)) -> [u8; 2]; }\nimpl T for X {\n    fn b() -> [u8; 2]\n    {\n        \
                    fn c() { \"}\"; }\n        if x { y } else { z }\n    }\n}\nfn d<F: Fn()>() {}";
        let found: Vec<(String, usize, usize)> =
            functions(&Source::mask(text)).into_iter().map(|f| (f.name, f.line, f.lines)).collect();
        let expected = [("c", 5, 1), ("b", 3, 5), ("d", 9, 1)];
        assert_eq!(found, expected.map(|(name, line, lines)| (name.to_owned(), line, lines)));
    }

    #[test]
    fn long_functions_are_found() {
        let body = |lines: usize| format!("fn long() {{\n{}}}", "    x();\n".repeat(lines - 2));
        assert!(findings_in(&[("a.rs", &body(70))], &[]).is_empty());
        let found = findings_in(&[("a.rs", &body(71))], &[]);
        assert_eq!(found, ["a.rs:1: fn long has 71 lines, 70 at most: split it"]);
        assert!(findings_in(&[("a.rs", &body(71))], &[("a.rs::long", "why")]).is_empty());
    }

    #[test]
    fn long_files_are_found() {
        assert!(findings_in(&[("a.rs", &"\n".repeat(400))], &[]).is_empty());
        assert_eq!(findings_in(&[("a.rs", &"\n".repeat(401))], &[]).len(), 1);
    }

    #[test]
    fn an_exception_that_nobody_needs_is_found() {
        assert_eq!(findings_in(&[("a.rs", "fn short() {}")], &[("a.rs::short", "why")]).len(), 1);
    }
}
