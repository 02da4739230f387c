//! Every relative link in a Markdown file leads to a file of this repository.
//!
//! What is not here: addresses on the network (nothing is fetched) and anchors within a page.

use super::Finding;
use super::tree::Tree;

/// Links that lead nowhere.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| path.ends_with(".md")) {
        for (line, target) in links(text) {
            match resolve(path, &target) {
                Some(file) if tree.has(&file) => {}
                Some(file) => {
                    findings.push(Finding::at(path, line, format!("`{target}`: there is no {file}")))
                }
                None => {
                    findings.push(Finding::at(path, line, format!("`{target}` leads out of the repository")))
                }
            }
        }
    }
    findings
}

/// Relative targets with their lines, code left out: `](target)`, `[name]: target`, `src="target"`, `href="target"`.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut links = Vec::new();
    let mut fence: Option<&str> = None;
    for (index, line) in text.lines().enumerate() {
        let start = line.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|mark| start.starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            (None, None) => {
                let targets = targets(&without_code(line));
                links.extend(
                    targets
                        .into_iter()
                        .filter(|target| is_relative(target))
                        .map(|target| (index + 1, target)),
                );
            }
            _ => {}
        }
    }
    links
}

/// The line with its `code` spans blanked.
fn without_code(line: &str) -> String {
    let parts: Vec<&str> = line.split('`').collect();
    let last = parts.len() - 1;
    let is_text = |index: usize| index.is_multiple_of(2) || index == last;
    parts.iter().enumerate().map(|(index, part)| if is_text(index) { *part } else { " " }).collect()
}

fn targets(line: &str) -> Vec<String> {
    let mut targets = Vec::new();
    for (opening, closing) in [("](", ')'), ("src=\"", '"'), ("href=\"", '"')] {
        for (start, _) in line.match_indices(opening) {
            let inside = line[start + opening.len()..].split(closing).next().unwrap_or_default();
            targets.extend(
                inside.split_whitespace().next().map(|target| target.trim_matches(['<', '>']).to_owned()),
            );
        }
    }
    if let Some((_, target)) = line.split_once("]: ").filter(|_| line.starts_with('[')) {
        targets.extend(target.split_whitespace().next().map(str::to_owned));
    }
    targets
}

fn is_relative(target: &str) -> bool {
    let has_scheme = target.split(['/', '#']).next().is_some_and(|first| first.contains(':'));
    !has_scheme && !target.starts_with('#') && !target.is_empty()
}

/// The path of `target`, seen from the file `from`; `None` where it climbs out of the repository.
fn resolve(from: &str, target: &str) -> Option<String> {
    let target = target.split('#').next().unwrap_or_default();
    let mut parts: Vec<&str> = if target.starts_with('/') { Vec::new() } else { from.split('/').collect() };
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::super::{assert_repository_passes, findings_in};
    use super::*;

    #[test]
    fn every_link_of_the_repository_leads_somewhere() {
        assert_repository_passes(check);
    }

    #[test]
    fn dead_links_are_found_in_every_form() {
        let dead = [
            "[a](b.md)",
            "[a](b.md#c \"title\")",
            "![a](b.png)",
            "[a]: b.md",
            "<img src=\"b.png\">",
            "[a](../b)",
        ];
        for link in dead {
            let found = findings_in(check, &[("docs/a.md", &format!("# A\n{link}"))]);
            assert_eq!(found.len(), 1, "{link}: {found:?}");
            assert!(found[0].starts_with("docs/a.md:2:"), "{found:?}");
        }
        assert_eq!(findings_in(check, &[("docs/a.md", "[a](../../b.md)"), ("b.md", "")]).len(), 1);
        assert_eq!(findings_in(check, &[("docs/a.md", "fine ![a](a.md), dead [a](b.md)")]).len(), 1);
    }

    #[test]
    fn live_links_addresses_and_code_are_not() {
        let text = "[a](guide/b.md#c) [a](./guide) [a](../README.md) [a](#here) [a](https://example.com/x)\n\
                    `[a](code.md)`\n```\n[a](code.md)\n```\n";
        let files = [("docs/a.md", text), ("docs/guide/b.md", ""), ("README.md", "[a](/docs/a.md)")];
        assert_eq!(findings_in(check, &files), Vec::<String>::new());
    }
}
