//! What holds of any card, metadata and shapes.

use ocelli_frame::{DataType, TensorSpec};
use ocelli_model::{CLASSES_MAX, ModelCard};
use ocelli_testkit::CountingAllocator;

/// Bytes in use at once for each byte of text, each class of the card, and besides: as `ModelCard::from_toml` says.
const MEMORY_FACTOR: u64 = 256;
const MEMORY_PER_CLASS: u64 = 128;
const MEMORY_BESIDES: u64 = 512 << 10;

/// What a model and the file beside it say. As text: the card, then behind a line `---` the metadata as `key=value`,
/// then behind another the tensors as `TYPE SIZE SIZE …`, the input first.
struct Told {
    card: String,
    metadata: Vec<(String, String)>,
    inputs: Vec<TensorSpec>,
    outputs: Vec<TensorSpec>,
}

/// An error that names a file, or a card that keeps its word and comes back from its own TOML; and memory within the
/// bound.
pub fn hold(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let told = Told::read(text);
    let (read, peak) = CountingAllocator::peak_bytes(|| told.card(&told.card));
    let classes = read.as_ref().map_or(0, |card| card.classes.len()) as u64;
    let allowed = MEMORY_FACTOR * text.len() as u64 + MEMORY_PER_CLASS * classes + MEMORY_BESIDES;
    assert!(peak <= allowed, "{peak} bytes in use for {} bytes and {classes} classes", text.len());
    match read {
        Ok(card) => {
            assert!((1..=CLASSES_MAX as u64).contains(&classes));
            let _ = (card.expect_decoded(), card.expect_task(card.task).expect("its own task"));
            let again = card.to_toml();
            let same = told.card(&again).unwrap_or_else(|error| panic!("{error}, in its own {again}"));
            assert_eq!(same, card, "by way of {again}");
        }
        Err(error) => {
            assert!(error.to_string().starts_with("any."), "{error}");
            assert!(!error.hint().is_empty(), "{error}");
        }
    }
    let _ = ModelCard::infer("any.onnx", &told.inputs, &told.outputs, &told.metadata);
}

impl Told {
    fn read(text: &str) -> Self {
        let mut parts = text.splitn(3, "\n---\n");
        let mut part = || parts.next().unwrap_or("");
        let (card, metadata, tensors) = (part(), part(), part());
        let pair = |line: &str| line.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()));
        let mut tensors = tensors.lines().enumerate().map(|(number, line)| tensor(number, line));
        Self {
            card: card.to_owned(),
            metadata: metadata.lines().filter_map(pair).collect(),
            inputs: tensors.next().into_iter().collect(),
            outputs: tensors.collect(),
        }
    }

    fn card(&self, card: &str) -> Result<ModelCard, ocelli_model::CardError> {
        ModelCard::from_toml("any.toml", card, "any.onnx", &self.inputs, &self.outputs, &self.metadata)
    }
}

fn tensor(number: usize, line: &str) -> TensorSpec {
    let mut words = line.split(' ');
    let data_type = match words.next() {
        Some("u8") => DataType::U8,
        Some("i32") => DataType::I32,
        _ => DataType::F32,
    };
    let shape = words.map(|word| word.parse().unwrap_or(usize::MAX)).collect();
    TensorSpec { name: format!("tensor{number}"), data_type, shape }
}
