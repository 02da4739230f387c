//! From `--model` and its companions to a loaded model, its card, and a predictor.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, thread};

use ocelli_engine::{LoadOptions, Model, Threads};
use ocelli_frame::{BoxXyxy, Clock, Detection};
use ocelli_local::{Local, Parts};
use ocelli_model::{CARD_BYTES_MAX, ModelCard, Support};
use ocelli_postprocess::Settings;
use ocelli_predict::{Fake, Predictor};
use ocelli_preprocess::Isa;

use crate::args::{ModelArguments, SettingArguments};
use crate::failure::Failure;
use crate::wiring::registry::{LocatedModel, model_file};
use crate::wiring::{Engine, Loaded, embedded};

/// A model whose file is read.
#[derive(Debug)]
pub struct OpenModel {
    /// The backend that loaded it.
    pub backend: &'static str,
    /// The model itself.
    pub model: Arc<dyn Model>,
    /// Where it came from.
    pub file: LocatedModel,
    /// What a run should say of how it was loaded.
    pub note: Option<String>,
}

/// A model that can be run.
#[derive(Debug)]
pub struct LoadedModel {
    /// The backend that loaded it.
    pub backend: &'static str,
    /// The model itself.
    pub model: Arc<dyn Model>,
    /// What it is.
    pub card: ModelCard,
    /// Its file's stem and its input: `yolov8n_640_fp32@640`.
    pub label: String,
    /// The threads that were asked for.
    pub threads: Threads,
    /// What a run should say of how it was loaded.
    pub note: Option<String>,
}

/// A predictor and the names behind its numbers.
pub struct Predicting {
    /// The middle stretch of the run.
    pub predictor: Box<dyn Predictor>,
    /// What runs.
    pub backend: String,
    /// The model and its input.
    pub model: String,
    /// Class names by id.
    pub classes: Vec<String>,
    /// What a run should say of how the model was loaded.
    pub note: Option<String>,
}

/// The predictor that the arguments ask for.
pub fn predictor(
    arguments: &ModelArguments,
    settings: Settings,
    clock: &Arc<dyn Clock>,
) -> Result<Predicting, Failure> {
    let without_model = |fake: Fake, classes| Predicting {
        backend: fake.name().to_owned(),
        predictor: Box::new(fake),
        model: "none".to_owned(),
        classes,
        note: None,
    };
    if let Engine::Fake(time) = Engine::of(arguments)? {
        let fake = Fake::new(Arc::clone(clock), time, scripted_detections());
        return Ok(without_model(fake, vec!["scripted".to_owned()]));
    }
    if arguments.model.as_deref() == Some(Path::new("none")) {
        return Ok(without_model(Fake::silent(Arc::clone(clock)), Vec::new()));
    }
    let loaded = load_model(arguments)?;
    let predictor = Local::new(Parts {
        name: loaded.backend.to_owned(),
        clock: Arc::clone(clock),
        model: &*loaded.model,
        card: &loaded.card,
        threads: &loaded.threads,
        isa: isa()?,
        settings,
    })?;
    Ok(Predicting {
        predictor: Box::new(predictor),
        backend: loaded.backend.to_owned(),
        model: loaded.label,
        classes: loaded.card.classes,
        note: loaded.note,
    })
}

/// Loads the model that the arguments name, and says on which threads they want it.
pub fn open_named_model(arguments: &ModelArguments) -> Result<(OpenModel, Threads), Failure> {
    let Some(name) = &arguments.model else {
        return Err(Failure::usage(
            "no model",
            "name one with --model FILE.onnx or a name from `ocelli models list`, or --model none for none",
        ));
    };
    let file = if embedded::is_embedded(name) {
        LocatedModel { path: name.clone(), entry: None }
    } else {
        model_file(name, arguments.offline)?
    };
    Ok((open_model_file(file, arguments)?, threads(arguments)))
}

/// Loads the model that the arguments name, and finds out what it is.
pub fn load_model(arguments: &ModelArguments) -> Result<LoadedModel, Failure> {
    let (open, threads) = open_named_model(arguments)?;
    let card = card_of(&open, arguments)?;
    if let Some(task) = arguments.task {
        card.expect_task(task)?;
    }
    let size = card.input.size;
    let side = if size.width == size.height { size.width.to_string() } else { size.to_string() };
    let path = &open.file.path;
    let stem = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy();
    Ok(LoadedModel {
        backend: open.backend,
        model: open.model,
        card,
        label: format!("{stem}@{side}"),
        threads,
        note: open.note,
    })
}

/// Reads a model's file with the backend that the arguments name.
pub fn open_model_file(file: LocatedModel, arguments: &ModelArguments) -> Result<OpenModel, Failure> {
    let engine = Engine::of(arguments)?;
    let Some(loaded) = engine.load(embedded::file_at(&file.path), &load_options(arguments)) else {
        return Err(Failure::usage(
            format!("--backend {} runs no model", arguments.backend),
            "it stands in for one in `run`",
        ));
    };
    let Loaded { backend, model, note } = loaded?;
    Ok(OpenModel { backend, model, file, note })
}

/// What is decided at load.
pub fn load_options(arguments: &ModelArguments) -> LoadOptions {
    LoadOptions { input_size: arguments.imgsz.map(|size| (size.height as usize, size.width as usize)) }
}

/// What the model is: from the card that was named, else the registry's, else the one beside it, else from itself.
pub fn card_of(open: &OpenModel, arguments: &ModelArguments) -> Result<ModelCard, Failure> {
    let OpenModel { model, file, .. } = open;
    let name = file.path.display().to_string();
    let (inputs, outputs, metadata) = (model.inputs(), model.outputs(), model.metadata());
    let built_in = file.entry.and_then(|entry| match entry.support {
        Support::Runs { card } => Some((format!("the card of {}", entry.name), card.to_owned())),
        Support::NotYet { .. } => None,
    });
    let told = match (&arguments.card, built_in) {
        (None, Some(built_in)) => Some(built_in),
        _ => card_text(arguments, &file.path)?.map(|(path, text)| (path.display().to_string(), text)),
    };
    Ok(match told {
        Some((place, text)) => ModelCard::from_toml(&place, &text, &name, inputs, outputs, metadata)?,
        None => ModelCard::infer(&name, inputs, outputs, metadata)?,
    })
}

/// The card that was named, or the one beside the model where there is one.
fn card_text(arguments: &ModelArguments, model: &Path) -> Result<Option<(PathBuf, String)>, Failure> {
    let (path, is_asked_for) = match &arguments.card {
        Some(path) => (path.clone(), true),
        None => (model.with_extension("toml"), false),
    };
    let unreadable = |error: std::io::Error| {
        Failure::new(format!("{}: {error}", path.display()), "a card is a TOML file that can be read")
    };
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound && !is_asked_for => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    let mut text = String::new();
    let bytes = file.take(CARD_BYTES_MAX as u64 + 1).read_to_string(&mut text).map_err(unreadable)?;
    if bytes > CARD_BYTES_MAX {
        return Err(Failure::new(
            format!("{}: longer than {CARD_BYTES_MAX} bytes", path.display()),
            "a card is a short TOML file: is this one?",
        ));
    }
    Ok(Some((path, text)))
}

/// The engine's threads: those asked for, else one for each core that is named or that there is.
pub fn threads(arguments: &ModelArguments) -> Threads {
    let cores = arguments.cores.clone();
    let all =
        if cores.is_empty() { thread::available_parallelism().map_or(1, usize::from) } else { cores.len() };
    Threads { count: arguments.threads.map_or(all, usize::from), cores }
}

/// What is kept: the arguments over `defaults`.
pub fn settings(arguments: &SettingArguments, defaults: Settings) -> Settings {
    Settings {
        confidence: arguments.conf.unwrap_or(defaults.confidence),
        iou: arguments.iou,
        max_det: arguments.max_det,
        classes: (!arguments.classes.is_empty()).then(|| arguments.classes.clone()),
        ..defaults
    }
}

/// The best instruction set here, or the one that `OCELLI_ISA` names.
pub fn isa() -> Result<Isa, Failure> {
    let Some(name) = env::var_os("OCELLI_ISA") else { return Ok(Isa::detect()) };
    let name = name.to_string_lossy();
    Isa::from_name(&name).ok_or_else(|| {
        let available: Vec<_> = Isa::available().map(|isa| isa.to_string()).collect();
        Failure::usage(
            format!("OCELLI_ISA={name}: not an instruction set that this processor has"),
            format!("here it may be {}", available.join(", ")),
        )
    })
}

/// What the fake says of every frame.
fn scripted_detections() -> Vec<Detection> {
    let detection = |confidence, x1: f32, y1: f32| Detection {
        class_id: 0,
        confidence,
        box_in_source: BoxXyxy { x1, y1, x2: x1 + 80.0, y2: y1 + 60.0 },
    };
    vec![detection(0.9, 20.0, 20.0), detection(0.5, 200.0, 120.0)]
}
