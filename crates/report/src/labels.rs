//! What every result of a run has in common: the names behind the numbers.

/// Names that all sinks of a run share.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunLabels {
    /// One for each source, by its index; no two alike (see [`unique_names`]).
    pub sources: Vec<String>,
    /// What ran: `rten/fp32`.
    pub backend: String,
    /// The model and its input: `yolov8n_640_fp32@640`; `none` where no model ran.
    pub model: String,
    /// The model's classes, by their id. A class without a name is called by its number.
    pub classes: Vec<String>,
}

/// The same names with ` (2)`, ` (3)`, … behind those that came before, so that two sources of one name keep their own
/// entries everywhere.
pub fn unique_names(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut unique: Vec<String> = Vec::new();
    for name in names {
        let free = (2u32..).map(|n| format!("{name} ({n})")).find(|candidate| !unique.contains(candidate));
        let taken = unique.contains(&name);
        unique.push(if taken { free.expect("finitely many names are taken") } else { name });
    }
    unique
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let unique = unique_names(["a", "b", "a", "a (2)", "a"].map(String::from));
        assert_eq!(unique, ["a", "b", "a (2)", "a (2) (2)", "a (3)"]);
    }
}
