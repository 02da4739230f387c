//! `ocelli models info`: what is in a model, and what we make of it.
//!
//! A model whose card does not come about is told all the same: its inputs and outputs are what its owner needs to
//! write one.

use std::fs::File;
use std::path::Path;

use ocelli_fetch::{Digest, FileState};
use ocelli_frame::TensorSpec;
use ocelli_model::{ModelCard, RegistryEntry, Support, channels_word, layout_word, padding_word};
use serde_json::{Value, json};

use crate::args::ModelsInfo;
use crate::commands::models::list::figures;
use crate::commands::models::plan;
use crate::failure::Failure;
use crate::wiring::registry::{Cached, LocatedModel, cached, entry_named};
use crate::wiring::{OpenModel, card_of, open_model_file};

/// Metadata and lists of names are cut there in words; `--json` has all of them.
const SHOWN_CHARACTERS: usize = 120;

/// Tells what the registry says, and what the file says where there is one that can be opened.
pub fn run(arguments: &ModelsInfo) -> Result<(), Failure> {
    let named = match entry_named(&arguments.model)? {
        Some(entry) => Some((entry, cached(entry)?)),
        None => None,
    };
    let file = match &named {
        None => Some(LocatedModel { path: arguments.model.clone(), entry: None }),
        Some((entry, cached)) => file_of(entry, cached),
    };
    if arguments.plan {
        return plan::tell(&file.ok_or_else(not_here)?, arguments);
    }
    let contents = file.map(|file| Contents::read(file, arguments)).transpose()?;
    if arguments.toml {
        return tell_toml(contents);
    }
    if arguments.json {
        let registry = named.as_ref().map(|(entry, cached)| figures(entry, cached));
        let file = contents.as_ref().map(Contents::figures);
        println!("{}", json!({ "registry": registry, "file": file }));
        return Ok(());
    }
    if let Some((entry, cached)) = &named {
        tell_entry(entry, cached);
    }
    if let Some(contents) = &contents {
        contents.tell(named.is_some());
    }
    Ok(())
}

/// The file of an entry, where it is here and a backend reads it.
fn file_of(entry: &'static RegistryEntry, cached: &Cached) -> Option<LocatedModel> {
    let can_be_opened = cached.state == FileState::Whole && matches!(entry.support, Support::Runs { .. });
    can_be_opened.then(|| LocatedModel { path: cached.path.clone(), entry: Some(entry) })
}

fn tell_toml(contents: Option<Contents>) -> Result<(), Failure> {
    print!("{}", contents.ok_or_else(not_here)?.card?.to_toml());
    Ok(())
}

fn not_here() -> Failure {
    Failure::new("the model is not here, or cannot be run yet", "ocelli models list tells which")
}

fn tell_entry(entry: &RegistryEntry, cached: &Cached) {
    row("name", entry.name);
    row("about", entry.about);
    row("task", &entry.task.to_string());
    row("licence", entry.licence);
    row("address", &entry.address());
    row("sha256", &Digest(entry.sha256).to_string());
    row("bytes", &entry.size_bytes.to_string());
    if let Support::NotYet { why } = entry.support {
        row("runs", &format!("not yet: {why}"));
    }
    let path = cached.path.display();
    row(
        "here",
        &match &cached.state {
            FileState::Whole => format!("yes, {path}"),
            FileState::Absent => format!("no: ocelli models pull {} brings it", entry.name),
            FileState::Damaged(why) => {
                format!("damaged, {why}: ocelli models pull {} brings it anew", entry.name)
            }
        },
    );
}

/// What a model file holds.
struct Contents {
    path: String,
    sha256: Digest,
    size_bytes: u64,
    open: OpenModel,
    card: Result<ModelCard, Failure>,
}

impl Contents {
    fn read(file: LocatedModel, arguments: &ModelsInfo) -> Result<Self, Failure> {
        let model_arguments = arguments.model_arguments();
        let path = file.path.clone();
        let open = open_model_file(file, &model_arguments)?;
        let (sha256, size_bytes) = digest(&path)?;
        let card = card_of(&open, &model_arguments);
        Ok(Self { path: path.display().to_string(), sha256, size_bytes, open, card })
    }

    /// What the exporter wrote about the licence; Ultralytics does.
    fn licence(&self) -> Option<&str> {
        let is_licence =
            |key: &str| key.eq_ignore_ascii_case("license") || key.eq_ignore_ascii_case("licence");
        let metadata = self.open.model.metadata();
        metadata.iter().find(|(key, _)| is_licence(key)).map(|(_, value)| value.as_str())
    }

    fn tell(&self, is_named: bool) {
        if !is_named {
            row("file", &self.path);
            row("bytes", &self.size_bytes.to_string());
            row("sha256", &self.sha256.to_string());
            row("licence", &shortened(self.licence().unwrap_or("the file does not say")));
        }
        row("backend", self.open.backend);
        self.open.model.inputs().iter().for_each(|tensor| row("input", &shortened(&tensor.to_string())));
        self.open.model.outputs().iter().for_each(|tensor| row("output", &shortened(&tensor.to_string())));
        match &self.card {
            Ok(card) => tell_card(card),
            Err(failure) => {
                row("card", "none: it cannot be run like this");
                eprint!("{failure}");
            }
        }
        let mut metadata: Vec<_> = self.open.model.metadata().iter().collect();
        metadata.sort();
        for (key, value) in metadata {
            row("metadata", &shortened(&format!("{key} = {value}")));
        }
    }

    fn figures(&self) -> Value {
        let tensor = |tensor: &TensorSpec| json!({ "name": tensor.name, "type": tensor.data_type.to_string(), "shape": tensor.shape });
        let metadata: serde_json::Map<_, _> =
            self.open.model.metadata().iter().map(|(key, value)| (key.clone(), json!(value))).collect();
        json!({
            "path": self.path,
            "size_bytes": self.size_bytes,
            "sha256": self.sha256.to_string(),
            "licence": self.licence(),
            "backend": self.open.backend,
            "inputs": self.open.model.inputs().iter().map(tensor).collect::<Vec<_>>(),
            "outputs": self.open.model.outputs().iter().map(tensor).collect::<Vec<_>>(),
            "card": self.card.as_ref().ok().map(card_figures),
            "card_error": self.card.as_ref().err().map(ToString::to_string),
            "metadata": metadata,
        })
    }
}

fn digest(path: &Path) -> Result<(Digest, u64), Failure> {
    let read = || {
        let file = File::open(path)?;
        let size_bytes = file.metadata()?.len();
        Ok((Digest::of(file)?, size_bytes))
    };
    read().map_err(|error: std::io::Error| {
        Failure::new(format!("{}: {error}", path.display()), "check that the file can be read")
    })
}

fn tell_card(card: &ModelCard) {
    let input = &card.input;
    row("task", &card.task.to_string());
    let note = if card.head.is_decoded() { "" } else { " (recognised, and cannot be run yet)" };
    row("head", &format!("{}{note}", card.head));
    row("classes", &shortened(&format!("{}: {}", card.classes.len(), card.classes.join(", "))));
    row(
        "picture",
        &format!(
            "{} {} {}, (byte * {} - {:?}) / {:?}, padding {} with {}",
            input.size,
            channels_word(input.channels),
            layout_word(input.layout),
            input.scale,
            input.mean,
            input.std,
            padding_word(input.padding),
            input.pad_value
        ),
    );
}

/// The keys of the card's TOML file, and the picture's size.
fn card_figures(card: &ModelCard) -> Value {
    let input = &card.input;
    json!({
        "task": card.task.to_string(),
        "head": card.head.to_string(),
        "runs": card.head.is_decoded(),
        "classes": card.classes,
        "input": {
            "size": [input.size.width, input.size.height],
            "type": input.data_type.to_string(),
            "channels": channels_word(input.channels),
            "layout": layout_word(input.layout),
            "scale": input.scale,
            "mean": input.mean,
            "std": input.std,
            "padding": padding_word(input.padding),
            "pad_value": input.pad_value,
        },
    })
}

fn row(name: &str, value: &str) {
    println!("{name:9} {value}");
}

/// One line for a terminal: what a file says must neither flood it nor steer it.
fn shortened(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN_CHARACTERS).flat_map(printable).collect();
    if text.chars().nth(SHOWN_CHARACTERS).is_some() {
        shown.push('…');
    }
    shown
}

fn printable(character: char) -> impl Iterator<Item = char> {
    let (plain, escaped) = if character.is_control() {
        (None, Some(character.escape_default()))
    } else {
        (Some(character), None)
    };
    plain.into_iter().chain(escaped.into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one_line_and_steers_no_terminal() {
        assert_eq!(shortened("a\nb\u{1b}[31m"), "a\\nb\\u{1b}[31m");
        assert_eq!(shortened(&"x".repeat(SHOWN_CHARACTERS)), "x".repeat(SHOWN_CHARACTERS));
        assert_eq!(shortened(&"ø".repeat(500)), format!("{}…", "ø".repeat(SHOWN_CHARACTERS)));
    }
}
