//! The guest's whole file system, in memory: busybox, the modules, the programs, the scripts, the pictures.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::build::Programs;
use super::cpio::Archive;
use super::host::{at, output_of};
use super::kernel::Kernel;
use super::numbered;
use crate::error::ChoreError;

/// Drivers that the scenarios load, and what the shared folder needs.
const MODULES: &[&str] = &["vivid", "uvcvideo", "vhci-hcd", "9pnet_virtio", "9p"];
/// Programs that the scenarios use, and the Debian packages that they come with.
pub const TOOLS: &[(&str, &str)] = &[("v4l2-ctl", "v4l-utils"), ("strace", "strace")];
pub const BUSYBOX: &str = "/bin/busybox";

/// The archive that the guest starts from.
pub fn image(kernel: &Kernel, root: &Path, programs: &Programs) -> Result<Vec<u8>, ChoreError> {
    let mut archive = Archive::default();
    let mut add = |path: &str, from: &Path| {
        let contents = fs::read(from).map_err(|error| at(from, &error))?;
        archive.file(path, &contents);
        Ok(())
    };
    if !Path::new(BUSYBOX).is_file() {
        return Err(ChoreError::new(format!("there is no {BUSYBOX}"), "`apt install busybox-static`"));
    }
    add("bin/busybox", Path::new(BUSYBOX))?;
    add("bin/ocelli", &programs.ocelli)?;
    add("bin/lab", &programs.lab)?;
    for (tool, package) in TOOLS {
        add(&format!("bin/{tool}"), Path::new(&format!("/usr/bin/{tool}"))).map_err(|_| {
            ChoreError::new(format!("there is no {tool}"), format!("`apt install {package}`"))
        })?;
        for library in libraries(&format!("/usr/bin/{tool}"))? {
            add(library.trim_start_matches('/'), Path::new(&library))?;
        }
    }
    let lab = root.join("lab");
    add("init", &lab.join("init"))?;
    let scripts = fs::read_dir(&lab).map_err(|error| at(&lab, &error))?;
    for script in scripts.filter_map(|entry| Some(entry.ok()?.path())) {
        if script.extension().is_some_and(|ending| ending == "sh") {
            let name = script.file_name().unwrap_or_default().to_string_lossy().into_owned();
            add(&format!("lab/{name}"), &script)?;
        }
    }
    for (path, contents) in numbered::all()? {
        archive.file(&format!("lab/pictures/{path}"), &contents);
    }
    for (path, contents) in kernel.modules(MODULES)? {
        archive.file(&path, &contents);
    }
    let list = format!("lib/modules/{}/modules.dep", kernel.version);
    archive.file(&list, kernel.guest_dependencies().as_bytes());
    Ok(archive.finish())
}

/// The libraries that a program is linked with, the loader included.
fn libraries(program: &str) -> Result<Vec<String>, ChoreError> {
    let list = output_of(Command::new("ldd").arg(program), "libc-bin")?;
    let list = String::from_utf8_lossy(&list).into_owned();
    Ok(list.split_whitespace().filter(|word| word.starts_with('/')).map(str::to_owned).collect())
}
