//! Names instead of paths: from `--model yolox-nano` to a file in the cache, downloaded first where it is not there.
//!
//! What is in the cache is compared with its pin each time before it is used. The environment is read here:
//! `OCELLI_CACHE`, `OCELLI_OFFLINE`, `OCELLI_MODEL_MIRROR` and `SSL_CERT_FILE`.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ocelli_fetch::{Address, Digest, Event, FileState, Options, Pinned, download, state_of};
use ocelli_model::{REGISTRY, RegistryEntry, Support};

use crate::clock::MonotonicClock;
use crate::failure::Failure;

/// The file behind `--model`.
#[derive(Clone, Debug)]
pub struct LocatedModel {
    /// Where it is.
    pub path: PathBuf,
    /// What the registry says of it, where it was asked for by name.
    pub entry: Option<&'static RegistryEntry>,
}

/// Whether downloads are allowed, and how patient they are.
#[derive(Clone, Debug)]
pub struct PullPlan {
    /// Only what is here already.
    pub offline: bool,
    /// How patient.
    pub options: Options,
}

impl PullPlan {
    /// What the flag `--offline` and the environment say.
    pub fn new(offline: bool, options: Options) -> Self {
        let offline = offline || set("OCELLI_OFFLINE").is_some_and(|value| value != "0");
        Self { offline, options: Options { roots: set("SSL_CERT_FILE").map(PathBuf::from), ..options } }
    }
}

/// A registry entry's place in the cache, and what is there.
#[derive(Clone, Debug)]
pub struct Cached {
    /// Where it is, or would be.
    pub path: PathBuf,
    /// What is there.
    pub state: FileState,
}

/// What `--model` means: a file where there is one of that name, else a model of the registry.
pub fn model_file(model: &Path, offline: bool) -> Result<LocatedModel, Failure> {
    match entry_named(model)? {
        None => Ok(LocatedModel { path: model.to_owned(), entry: None }),
        Some(entry) => {
            if let Support::NotYet { why } = entry.support {
                let message = format!("{}: this model cannot be run yet: {why}", entry.name);
                return Err(Failure::new(message, format!("the models that can: {}", runnable_names())));
            }
            let path = pull(entry, &PullPlan::new(offline, Options::default()))?;
            Ok(LocatedModel { path, entry: Some(entry) })
        }
    }
}

/// The registry's entry, where `model` is no file.
pub fn entry_named(model: &Path) -> Result<Option<&'static RegistryEntry>, Failure> {
    if model.exists() {
        return Ok(None);
    }
    let Some(name) = model.to_str() else { return Ok(None) };
    match RegistryEntry::find(name) {
        Some(entry) => Ok(Some(entry)),
        None if name.contains(['/', '.']) || name.is_empty() => Ok(None),
        None => Err(unknown(name)),
    }
}

/// That there is neither a file nor a model called `name`.
pub fn unknown(name: &str) -> Failure {
    let names: Vec<_> = REGISTRY.iter().map(|entry| entry.name).collect();
    Failure::new(
        format!("{name}: neither a file nor a model that has this name"),
        format!("the models are {}; a file is given by its path", names.join(", ")),
    )
}

/// Where an entry's file is, and whether it is the right one.
pub fn cached(entry: &RegistryEntry) -> Result<Cached, Failure> {
    let path = cache_folder()?.join(entry.file_name());
    let state = state_of(&path, &pin_of(entry))?;
    Ok(Cached { path, state })
}

/// The path of an entry's file, which is there and whole. It is downloaded if it has to be, after saying so on stderr.
pub fn pull(entry: &RegistryEntry, plan: &PullPlan) -> Result<PathBuf, Failure> {
    let Cached { path, state } = cached(entry)?;
    let lacking = match state {
        FileState::Whole => return Ok(path),
        FileState::Absent => "is not in the cache".to_owned(),
        FileState::Damaged(why) => format!("is damaged in the cache ({why})"),
    };
    if plan.offline {
        return Err(Failure::new(
            format!("{} {lacking}, and downloads are off: {}", entry.name, path.display()),
            format!("without --offline and OCELLI_OFFLINE: ocelli models pull {}", entry.name),
        ));
    }
    let address = address_of(entry)?;
    eprintln!(
        "{} {lacking}: pulling {} ({}) from {address}",
        entry.name,
        megabytes(entry.size_bytes),
        entry.licence
    );
    let bar = progress_bar(entry);
    let clock = MonotonicClock::start();
    let outcome = download(&pin_of(entry), &address, &path, &plan.options, &clock, &mut |event| {
        tell(&bar, &event);
    });
    bar.finish_and_clear();
    outcome?;
    eprintln!("{} is here, its sha256 is right: {}", entry.name, path.display());
    Ok(path)
}

/// Bytes for people.
pub fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 * 1e-6)
}

/// The names that `--model` takes, for a hint.
fn runnable_names() -> String {
    let runs = |entry: &&RegistryEntry| matches!(entry.support, Support::Runs { .. });
    REGISTRY.iter().filter(runs).map(|entry| entry.name).collect::<Vec<_>>().join(", ")
}

fn pin_of(entry: &RegistryEntry) -> Pinned {
    Pinned { name: entry.name.to_owned(), sha256: Digest(entry.sha256), size_bytes: entry.size_bytes }
}

/// The entry's own address, or the same path on the mirror that the environment names.
fn address_of(entry: &RegistryEntry) -> Result<Address, Failure> {
    let own = Address::parse(&entry.address())?;
    let Some(mirror) = set("OCELLI_MODEL_MIRROR") else { return Ok(own) };
    let mirror = Address::parse(&mirror.to_string_lossy())
        .map_err(|error| Failure::usage(format!("OCELLI_MODEL_MIRROR: {error}"), error.hint()))?;
    Ok(own.on_mirror(&mirror)?)
}

/// `$OCELLI_CACHE/models`, else the platform's.
fn cache_folder() -> Result<PathBuf, Failure> {
    let own = set("OCELLI_CACHE").map(PathBuf::from);
    // A relative path there is to be ignored, says the XDG base directory specification.
    let xdg = || set("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || set("HOME").map(|home| Path::new(&home).join(".cache"));
    match own.or_else(|| xdg().or_else(home).map(|caches| caches.join("ocelli"))) {
        Some(cache) => Ok(cache.join("models")),
        None => Err(Failure::new(
            "no folder for downloads: HOME, XDG_CACHE_HOME and OCELLI_CACHE are not set",
            "set OCELLI_CACHE to a folder that can be written",
        )),
    }
}

/// A variable that is there and not empty.
fn set(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

/// Draws nothing where stderr is no terminal.
fn progress_bar(entry: &RegistryEntry) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(entry.size_bytes), ProgressDrawTarget::stderr());
    let template = "{bar:32} {bytes}/{total_bytes} {bytes_per_sec} {eta} left";
    bar.set_style(ProgressStyle::with_template(template).expect("a constant template"));
    bar
}

fn tell(bar: &ProgressBar, event: &Event) {
    let say = |text: String| bar.suspend(|| eprintln!("{text}"));
    match event {
        Event::Received { bytes } => bar.set_position(*bytes),
        Event::Asking { bytes: 0 } => {}
        Event::Asking { bytes } => say(format!("going on from byte {bytes}")),
        Event::Waiting => say("another process is pulling it: waiting for that one".to_owned()),
        Event::Retrying { error } => say(format!("trying again: {error}")),
        Event::Restarting => say("an earlier run left bytes of another file: pulling all of it".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_has_an_address_that_may_be_asked() {
        for entry in REGISTRY {
            assert_eq!(Address::parse(&entry.address()).unwrap().to_string(), entry.address());
        }
    }
}
