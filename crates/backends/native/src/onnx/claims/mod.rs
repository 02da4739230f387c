//! What we take of ONNX, and how: [`CLAIMS`] is the one table. `docs/reference/operators.md` is made from it.
//!
//! A claim is an operator, the opsets it is taken from, the element types of its first input, and its attributes. Every
//! case of ONNX's own node tests that is inside of a claim passes; what is outside is refused by name.

mod table;

use std::ops::RangeInclusive;

use super::proto::Node;
use super::site::{Imported, Refusal, Site, unclaimed};
use crate::tensor::ElementType;

pub(super) use self::table::CLAIMS;

/// One operator that we take.
pub(super) struct Claim {
    pub(super) operator: &'static str,
    pub(super) opsets: RangeInclusive<i64>,
    /// Types of the first input; none where there is no input.
    pub(super) elements: &'static [ElementType],
    pub(super) attributes: &'static [&'static str],
    /// What is not taken, for readers; nothing where all of it is.
    pub(super) limits: &'static str,
    pub(super) import: fn(&mut Site<'_>) -> Imported,
}

impl Claim {
    /// The claim that a node falls under, but for its inputs.
    pub(super) fn of(node: &Node<'_>, opset: i64) -> Result<&'static Self, Refusal> {
        if !matches!(node.domain, "" | "ai.onnx") {
            return unclaimed(format!("an operator of {}", node.domain));
        }
        let mut same_name = CLAIMS.iter().filter(|claim| claim.operator == node.operator).peekable();
        if same_name.peek().is_none() {
            return unclaimed("there is no such operator here");
        }
        let Some(claim) = same_name.find(|claim| claim.opsets.contains(&opset)) else {
            return unclaimed("not this operator of this opset");
        };
        let unknown = |name: &str| !claim.attributes.contains(&name);
        match node.attributes.iter().find(|attribute| unknown(attribute.name)) {
            Some(attribute) => unclaimed(format!("attribute {}", attribute.name)),
            None => Ok(claim),
        }
    }

    /// A refusal that says what is taken, where that is not all.
    pub(super) fn with_limits(&self, refusal: Refusal) -> Refusal {
        match refusal {
            Refusal::Unclaimed(what) if !self.limits.is_empty() => {
                Refusal::Unclaimed(format!("{what} (limits: {})", self.limits))
            }
            refusal => refusal,
        }
    }

    /// Whether the first input is of a type that is claimed.
    pub(super) fn check_types(&self, site: &Site<'_>) -> Result<(), Refusal> {
        match site.optional(0).map(|id| site.element(id)) {
            Some(element) if !self.elements.contains(&element) => unclaimed(format!("an input of {element}")),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::fs;

    use super::CLAIMS;

    const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/reference/operators.md");

    /// The page that the table makes.
    fn page() -> String {
        let mut rows: Vec<_> = CLAIMS.iter().collect();
        rows.sort_by_key(|claim| claim.operator);
        let mut page = String::from(
            "# Operators of ONNX that the native backend takes\n\n\
             Made from the table in `crates/backends/native/src/onnx/claims/table.rs`; a test holds both equal. A claim is an\n\
             operator of the domain `ai.onnx`, the opsets, the element types of its first input, and its attributes. Every\n\
             case of ONNX's own node tests that is inside passes. What is outside is refused at load, by the node's name;\n\
             which cases of the node tests those are is kept in `crates/backends/native/tests/node_tests_refused.txt`.\n\n\
             | operator | opsets | first input | attributes | limits |\n|---|---|---|---|---|\n",
        );
        for claim in rows {
            let elements: Vec<_> = claim.elements.iter().map(ToString::to_string).collect();
            writeln!(
                page,
                "| {} | {}–{} | {} | {} | {} |",
                claim.operator,
                claim.opsets.start(),
                claim.opsets.end(),
                elements.join(" "),
                claim.attributes.join(" "),
                claim.limits
            )
            .expect("a string grows");
        }
        page
    }

    #[test]
    fn the_page_says_what_the_table_does() {
        if std::env::var_os("OCELLI_WRITE_OPERATORS").is_some() {
            fs::write(PAGE, page()).expect("the page can be written");
        }
        let kept = fs::read_to_string(PAGE).unwrap_or_default();
        let again = "OCELLI_WRITE_OPERATORS=1 cargo test -p ocelli-backend-native the_page";
        assert!(kept == page(), "docs/reference/operators.md is not the table's: write it anew with {again}");
    }

    #[test]
    fn no_two_claims_cover_the_same_opset() {
        for (n, one) in CLAIMS.iter().enumerate() {
            for other in CLAIMS[n + 1..].iter().filter(|other| other.operator == one.operator) {
                assert!(
                    one.opsets.end() < other.opsets.start() || other.opsets.end() < one.opsets.start(),
                    "{} is claimed twice",
                    one.operator
                );
            }
        }
    }
}
