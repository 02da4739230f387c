//! Debian's kernel and its modules, downloaded once by apt and unpacked into the lab's cache.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::host::{at, output_of};
use crate::error::ChoreError;

/// The package that depends on the kernel: 6.1 lacks rates and faults of vivid's that the scenarios use.
const META_PACKAGE: &str = "linux-image-6.12-amd64";
/// What the package that it depends on is called.
const PACKAGE_START: &str = "linux-image-6.12.";

/// Where it is unpacked, and the file that says that it is.
const TREE: &str = "kernel";
const COMPLETE: &str = "complete";
/// Tells which module needs which.
pub const DEPMOD: &str = "/sbin/depmod";

/// An unpacked kernel.
#[derive(Debug)]
pub struct Kernel {
    /// What QEMU boots.
    pub image: PathBuf,
    /// `6.12.117+deb12-amd64`.
    pub version: String,
    /// The folder with `modules.dep`.
    modules: PathBuf,
    /// `modules.dep`.
    dependencies: String,
}

impl Kernel {
    /// Whether it is in the cache.
    pub fn is_in(cache: &Path) -> bool {
        cache.join(TREE).join(COMPLETE).is_file()
    }

    /// The kernel in the cache, downloaded where there is none.
    pub fn in_cache(cache: &Path) -> Result<Self, ChoreError> {
        let tree = cache.join(TREE);
        if !Self::is_in(cache) {
            unpack(cache, &tree)?;
        }
        let modules_all = tree.join("lib/modules");
        let mut versions = fs::read_dir(&modules_all).map_err(|error| at(&modules_all, &error))?;
        let version = versions.find_map(|entry| entry.ok()?.file_name().into_string().ok());
        let version = version.ok_or_else(|| {
            ChoreError::new(format!("{} is empty", modules_all.display()), "remove the lab's cache")
        })?;
        let modules = modules_all.join(&version);
        let list = modules.join("modules.dep");
        let dependencies = fs::read_to_string(&list).map_err(|error| at(&list, &error))?;
        let image = tree.join(format!("boot/vmlinuz-{version}"));
        Ok(Self { image, version, modules, dependencies })
    }

    /// These modules and all that they need: the path in the guest, and the contents.
    pub fn modules(&self, names: &[&str]) -> Result<Vec<(String, Vec<u8>)>, ChoreError> {
        let mut files = BTreeSet::new();
        for name in names {
            files.extend(files_of(&self.dependencies, name));
        }
        files.into_iter().map(|file| self.module(file)).collect()
    }

    fn module(&self, file: &str) -> Result<(String, Vec<u8>), ChoreError> {
        let path = self.modules.join(file);
        let contents = match path.extension().is_some_and(|ending| ending == "xz") {
            true => output_of(Command::new("xz").arg("-dc").arg(&path), "xz-utils")?,
            false => fs::read(&path).map_err(|error| at(&path, &error))?,
        };
        let plain = file.strip_suffix(".xz").unwrap_or(file);
        Ok((format!("lib/modules/{}/{plain}", self.version), contents))
    }

    /// `modules.dep`, as the guest has it: nothing is compressed there.
    pub fn guest_dependencies(&self) -> String {
        self.dependencies.replace(".ko.xz", ".ko")
    }
}

/// A module's file and those of what it needs; none where it is built into the kernel.
fn files_of<'a>(dependencies: &'a str, name: &str) -> Vec<&'a str> {
    let is_it = |file: &str| {
        let stem = file.rsplit('/').next().and_then(|last| last.split('.').next()).unwrap_or_default();
        stem.replace('-', "_") == name.replace('-', "_")
    };
    let line = dependencies.lines().find(|line| line.split_once(':').is_some_and(|(file, _)| is_it(file)));
    let Some((file, needed)) = line.and_then(|line| line.split_once(':')) else { return Vec::new() };
    std::iter::once(file).chain(needed.split_whitespace()).collect()
}

fn unpack(cache: &Path, tree: &Path) -> Result<(), ChoreError> {
    let package = match packages(cache)?.pop() {
        Some(package) => package,
        None => download(cache)?,
    };
    eprintln!("unpacking {}", package.display());
    fs::create_dir_all(tree).map_err(|error| at(tree, &error))?;
    output_of(Command::new("dpkg-deb").arg("-x").arg(&package).arg(tree), "dpkg")?;
    let kernel = fs::read_dir(tree.join("lib/modules")).ok().and_then(|mut entries| entries.next()?.ok());
    let version = kernel.map(|entry| entry.file_name().to_string_lossy().into_owned()).unwrap_or_default();
    output_of(Command::new(DEPMOD).arg("-b").arg(tree).arg(version), "kmod")?;
    let complete = tree.join(COMPLETE);
    fs::write(&complete, "").map_err(|error| at(&complete, &error))
}

fn download(cache: &Path) -> Result<PathBuf, ChoreError> {
    let depends = output_of(Command::new("apt-cache").args(["depends", META_PACKAGE]), "apt")?;
    let depends = String::from_utf8_lossy(&depends).into_owned();
    let package =
        depends.split_whitespace().find(|word| word.starts_with(PACKAGE_START)).ok_or_else(|| {
            ChoreError::new(
                format!("apt knows no {META_PACKAGE}"),
                "`apt-get update`; the lab wants Debian 12 or newer",
            )
        })?;
    eprintln!("downloading {package} (107 MB)");
    output_of(Command::new("apt-get").args(["download", package]).current_dir(cache), "apt")?;
    packages(cache)?.pop().ok_or_else(|| ChoreError::new("apt downloaded nothing", "`apt-get update`"))
}

/// Kernel packages in the cache, the newest last.
fn packages(cache: &Path) -> Result<Vec<PathBuf>, ChoreError> {
    let entries = fs::read_dir(cache).map_err(|error| at(cache, &error))?;
    let is_kernel = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        name.starts_with(PACKAGE_START) && name.ends_with(".deb")
    };
    let mut found: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(is_kernel).collect();
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_brings_what_it_needs_and_is_found_by_either_spelling() {
        let list = "kernel/a/vhci-hcd.ko.xz: kernel/b/usbip-core.ko.xz kernel/c/usbcore.ko.xz\n\
                    kernel/a/vivid-x.ko.xz:\nkernel/a/vivid.ko.xz: kernel/v/videodev.ko.xz\n";
        let all = ["kernel/a/vhci-hcd.ko.xz", "kernel/b/usbip-core.ko.xz", "kernel/c/usbcore.ko.xz"];
        assert_eq!(files_of(list, "vhci_hcd"), all);
        assert_eq!(files_of(list, "vivid"), ["kernel/a/vivid.ko.xz", "kernel/v/videodev.ko.xz"]);
        assert!(files_of(list, "ext4").is_empty());
    }
}
