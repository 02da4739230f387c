//! `cargo xtask spills`: no hot loop of the native engine keeps its sums in memory.
//!
//! A tile is fast because its sums stay in registers. Whether they do is the compiler's decision, and nothing in the
//! source shows it: so the kernels are compiled as for a release, and in what comes out no loop of a tile that multiplies
//! may store a vector. What is not here: kernels whose vectors are more than the registers on purpose (Winograd's
//! transforms).

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;
use std::{env, fs};

use crate::error::ChoreError;
use crate::places::target_folder;

const PACKAGE: &str = "ocelli-backend-native";
/// What one compilation writes is no older than this when it ends.
const ONE_COMPILATION: Duration = Duration::from_secs(120);
const PREFIX: &str = "ocelli_backend_native-";
/// Instruction sets, kernels, and how many loops there must be: fewer, and their names are no longer these.
const LOOKED_FOR: [(&str, &str, usize); 4] =
    [("avx512", "tile", 100), ("avx512", "depthwise", 20), ("avx2", "tile", 20), ("avx2", "depthwise", 10)];

/// Compiles and looks.
pub fn run(root: &Path) -> ExitCode {
    if !cfg!(target_arch = "x86_64") {
        println!("nothing to look at: these kernels are x86-64's");
        return ExitCode::SUCCESS;
    }
    match check(root) {
        Ok(loops) => {
            println!("{loops} loops of tiles, and none stores a vector");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn check(root: &Path) -> Result<usize, ChoreError> {
    let mut functions = Vec::new();
    for file in compile(root)? {
        let text = fs::read_to_string(&file)
            .map_err(|error| ChoreError::new(format!("{}: {error}", file.display()), "run it again"))?;
        functions.extend(hot_functions(&text));
    }
    for (set, kernel, least) in LOOKED_FOR {
        let found =
            functions.iter().filter(|function| (function.set, function.kernel) == (set, kernel)).count();
        if found < least {
            let message = format!("{found} loops of {set}'s {kernel} found, {least} expected");
            return Err(ChoreError::new(
                message,
                "have they other names? see LOOKED_FOR in xtask/src/spills.rs",
            ));
        }
    }
    match functions.iter().find_map(|function| Some((function, function.store.as_ref()?))) {
        None => Ok(functions.len()),
        Some((function, store)) => Err(ChoreError::new(
            format!("{} stores a vector in its loop: {store}", function.name),
            "a tile's sums do not fit the registers: leave that shape out, in kernels/entries.rs",
        )),
    }
}

/// The assembly of the library as a release has it.
fn compile(root: &Path) -> Result<Vec<PathBuf>, ChoreError> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["rustc", "--release", "--quiet", "--package", PACKAGE, "--lib", "--"])
        .args(["--emit", "asm", "-C", "codegen-units=4"])
        .current_dir(root)
        .status();
    if !status.is_ok_and(|status| status.success()) {
        return Err(ChoreError::new(
            "the kernels do not compile",
            format!("cargo build --release -p {PACKAGE}"),
        ));
    }
    let folder = target_folder(root).join("release/deps");
    let entries = fs::read_dir(&folder)
        .map_err(|error| ChoreError::new(format!("{}: {error}", folder.display()), "run it again"))?;
    let files: Vec<_> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| is_assembly(path)).collect();
    // Those of older compilations may lie beside them.
    let modified = |path: &PathBuf| fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    let newest = files.iter().filter_map(modified).max();
    let oldest = newest.and_then(|newest| newest.checked_sub(ONE_COMPILATION));
    Ok(files.into_iter().filter(|path| modified(path) >= oldest).collect())
}

fn is_assembly(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    name.starts_with(PREFIX) && name.ends_with(".s")
}

/// A tile with a loop that multiplies.
#[derive(Debug, PartialEq, Eq)]
struct HotFunction {
    name: String,
    set: &'static str,
    kernel: &'static str,
    /// The first vector that an innermost loop stores.
    store: Option<String>,
}

/// The functions of a file that are looked for, as far as they have a loop that multiplies.
fn hot_functions(text: &str) -> Vec<HotFunction> {
    let mut found = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(name) = line.strip_suffix(':').filter(|name| name.starts_with('_')) else { continue };
        let is_in_set = |(set, kernel, _): &&(&str, &str, usize)| {
            name.contains(&format!("{}{set}{}{kernel}17h", set.len(), kernel.len()))
        };
        let Some(&(set, kernel, _)) = LOOKED_FOR.iter().find(is_in_set) else { continue };
        let mut body = Vec::new();
        while let Some(line) = lines.next_if(|line| !line.contains(".cfi_endproc")) {
            body.push(line.trim());
        }
        let loops = innermost_loops(&body);
        if !loops.is_empty() {
            let mut within = loops.iter().flat_map(|&(first, last)| &body[first..=last]);
            let store = within.find(|line| stores_a_vector(line)).map(|line| (*line).to_owned());
            found.push(HotFunction { name: name.to_owned(), set, kernel, store });
        }
    }
    found
}

/// From a label to a jump back to it, with a product and no other such loop in between.
fn innermost_loops(body: &[&str]) -> Vec<(usize, usize)> {
    let label = |target: &str| body.iter().position(|line| line.strip_suffix(':') == Some(target));
    let back = |(at, line): (usize, &&str)| {
        let (jump, target) = line.split_once(char::is_whitespace)?;
        let first = jump.starts_with('j').then(|| label(target.trim()))??;
        (first <= at && body[first..at].iter().any(|line| line.starts_with("vfmadd"))).then_some((first, at))
    };
    let loops: Vec<_> = body.iter().enumerate().filter_map(back).collect();
    let has_none_inside = |&&(first, last): &&(usize, usize)| {
        loops.iter().all(|&inner| inner == (first, last) || inner.0 < first || last < inner.1)
    };
    loops.iter().filter(has_none_inside).copied().collect()
}

/// `vmovaps %zmm0, 128(%rsp)`: a vector first, then a place in memory.
fn stores_a_vector(line: &str) -> bool {
    let Some((instruction, operands)) = line.split_once(char::is_whitespace) else { return false };
    let Some((from, to)) = operands.split_once(',') else { return false };
    let is_vector = from.trim().starts_with("%zmm") || from.trim().starts_with("%ymm");
    instruction.starts_with("vmov") && is_vector && to.contains('(')
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLEAN: &str = "\
_ZN7entries6avx5124tile17h0E:
\t.cfi_startproc
.LBB0_1:
\tvmovups\t(%rdi), %zmm1
\tvfmadd231ps\t%zmm1, %zmm2, %zmm3
\tjne\t.LBB0_1
\tvmovaps\t%zmm3, (%rsi)
\t.cfi_endproc
";

    #[test]
    fn a_store_in_the_loop_is_found_and_one_behind_it_is_not() {
        let clean = hot_functions(CLEAN);
        assert_eq!((clean.len(), clean[0].set, clean[0].kernel), (1, "avx512", "tile"));
        assert_eq!(clean[0].store, None);
        let spilled = CLEAN.replace("\tjne", "\tvmovaps\t%zmm3, 64(%rsp)\n\tjne");
        let found = hot_functions(&spilled);
        assert_eq!(found[0].store.as_deref(), Some("vmovaps\t%zmm3, 64(%rsp)"));
    }

    #[test]
    fn other_functions_and_outer_loops_do_not_count() {
        assert!(hot_functions(&CLEAN.replace("4tile", "6finish")).is_empty());
        let outer = CLEAN
            .replace(".LBB0_1:", ".LBB0_0:\n\tvmovaps\t%zmm9, 64(%rsp)\n.LBB0_1:")
            .replace("\tjne\t.LBB0_1", "\tjne\t.LBB0_1\n\tjne\t.LBB0_0");
        assert_eq!(hot_functions(&outer)[0].store, None);
    }
}
