//! The packages of the tree, as their Cargo.toml files tell: name, folder, and what they depend on.
//!
//! What is not here: cargo. A manifest is read as it stands, so that a made-up tree needs no lock file.

use super::Finding;
use super::tree::Tree;

/// One package.
#[derive(Debug)]
pub struct Package {
    /// Its folder, relative to the root: `crates/frame`.
    pub folder: String,
    /// `ocelli-frame`.
    pub name: String,
    /// What it links against: normal and build dependencies on every target; what only its tests see is left out.
    pub dependencies: Vec<String>,
}

impl Package {
    /// Its Cargo.toml.
    pub fn manifest(&self) -> String {
        format!("{}/Cargo.toml", self.folder)
    }
}

/// Every package below the root, and a finding for each manifest that is none. The root's own manifest, the
/// workspace, is not a package.
pub fn packages(tree: &Tree) -> (Vec<Package>, Vec<Finding>) {
    let mut packages = Vec::new();
    let mut findings = Vec::new();
    for (path, text) in tree.texts() {
        let Some(folder) = path.strip_suffix("/Cargo.toml") else { continue };
        match parse(folder, text) {
            Ok(package) => packages.push(package),
            Err(message) => findings.push(Finding::of_file(path, message)),
        }
    }
    (packages, findings)
}

fn parse(folder: &str, text: &str) -> Result<Package, String> {
    let manifest: toml::Table = text.parse().map_err(|error| format!("not a manifest: {error}"))?;
    let name = manifest
        .get("package")
        .and_then(|package| package.get("name"))
        .and_then(toml::Value::as_str)
        .ok_or("no package.name")?
        .to_owned();
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    let tables: Vec<&toml::Table> = std::iter::once(&manifest)
        .chain(targets.into_iter().flat_map(toml::Table::values).filter_map(toml::Value::as_table))
        .collect();
    Ok(Package {
        folder: folder.to_owned(),
        name,
        dependencies: names(&tables, &["dependencies", "build-dependencies"]),
    })
}

/// The packages that stand in `sections` of `tables`, by their own names where they are renamed.
fn names(tables: &[&toml::Table], sections: &[&str]) -> Vec<String> {
    let mut names = Vec::new();
    for section in tables.iter().flat_map(|table| sections.iter().filter_map(|&section| table.get(section))) {
        for (key, value) in section.as_table().into_iter().flatten() {
            let renamed = value.get("package").and_then(toml::Value::as_str);
            names.push(renamed.unwrap_or(key).to_owned());
        }
    }
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_are_found_wherever_they_stand_but_for_those_of_tests() {
        let text = "[package]\nname = 'a'\n[dependencies]\nb.workspace = true\nx = { package = 'c', path = '' }\n\
                    [build-dependencies]\nd = '1'\n[dev-dependencies]\ne = '1'\n\
                    [target.'cfg(unix)'.dependencies]\nf = '1'";
        let package = parse("crates/a", text).unwrap();
        assert_eq!(package.dependencies, ["b", "c", "d", "f"]);
    }

    #[test]
    fn a_manifest_that_is_none_is_a_finding() {
        let (packages, findings) =
            packages(&Tree::made_up(&[("crates/a/Cargo.toml", "[package"), ("Cargo.toml", "[")]));
        assert!(packages.is_empty());
        assert_eq!(findings.len(), 1);
    }
}
