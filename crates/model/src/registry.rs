//! The models that can be asked for by name: where they are, what is in them, and what they do not say about
//! themselves. Data only: nothing is downloaded here.
//!
//! The address of an entry names a commit, and its SHA-256 the bytes, so neither ever changes: other weights are
//! another name.

use crate::Task;

/// Every model that has a name.
pub const REGISTRY: &[RegistryEntry] = &[
    RegistryEntry {
        name: "yolox-nano",
        about: "YOLOX-nano, 80 COCO classes at 416x416: small and quick",
        task: Task::Detect,
        format: ModelFormat::Onnx,
        licence: "Apache-2.0",
        origin: Origin {
            repository: "Kazuhito00/YOLOX-ONNX-TFLite-Sample",
            commit: "3d4f1119d0694200671c08069ecb847aa0d8495a",
            path: "model/yolox_nano.onnx",
        },
        sha256: sha256("695e750a5d5754bb5a8d5325643b59282191a7e7a564e435a415fd3c578eab14"),
        size_bytes: 3_660_092,
        class_count: 80,
        support: Support::Runs {
            card: "task = \"detect\"\nhead = \"yolox\"\nclasses = 80\n\n[input]\nchannels = \"bgr\"\nscale = 1.0\n\
                   padding = \"top-left\"\npad_value = 114\n",
        },
    },
    RegistryEntry {
        name: "movenet-lightning-int8",
        about: "MoveNet SinglePose Lightning, 17 keypoints of one person at 192x192, int8",
        task: Task::Pose,
        format: ModelFormat::TfLite,
        licence: "Apache-2.0",
        origin: Origin {
            repository: "lilbillybiscuit/rust_movenet",
            commit: "2fe026f2cc14bd53d2598dfe8b36c96f7c9be72f",
            path: "resource/lite-model_movenet_singlepose_lightning_tflite_int8_4.tflite",
        },
        sha256: sha256("cd7cc22fa946e5d146a7b98d496853e1923e22828d3972d579973f27f91bb105"),
        size_bytes: 2_894_840,
        class_count: 1,
        support: Support::NotYet { why: "no backend reads TFLite files yet" },
    },
];

/// A model that can be asked for by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryEntry {
    /// What `--model` calls it: lower-case letters, digits and `-`.
    pub name: &'static str,
    /// One line about it.
    pub about: &'static str,
    /// What it is for.
    pub task: Task,
    /// Its file's format.
    pub format: ModelFormat,
    /// The licence of its weights, as SPDX names it.
    pub licence: &'static str,
    /// Where it is.
    pub origin: Origin,
    /// The file's SHA-256.
    pub sha256: [u8; 32],
    /// The file's size.
    pub size_bytes: u64,
    /// How many classes it tells apart.
    pub class_count: usize,
    /// Whether it can be run, and how.
    pub support: Support,
}

/// A file in a public repository on GitHub, at a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// `OWNER/NAME`.
    pub repository: &'static str,
    /// 40 hexadecimal digits.
    pub commit: &'static str,
    /// From the repository's root.
    pub path: &'static str,
}

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ModelFormat {
    /// `.onnx`
    Onnx,
    /// `.tflite`
    TfLite,
}

/// Whether a model can be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// It can, with this card: the text of a TOML file as it would stand beside the model.
    Runs {
        /// The card.
        card: &'static str,
    },
    /// It can be downloaded, and no more.
    NotYet {
        /// Why.
        why: &'static str,
    },
}

impl RegistryEntry {
    /// The entry of that name.
    pub fn find(name: &str) -> Option<&'static Self> {
        REGISTRY.iter().find(|entry| entry.name == name)
    }

    /// The name of its file.
    pub fn file_name(&self) -> String {
        let extension = match self.format {
            ModelFormat::Onnx => "onnx",
            ModelFormat::TfLite => "tflite",
        };
        format!("{}.{extension}", self.name)
    }

    /// Where it is downloaded from.
    pub fn address(&self) -> String {
        let Origin { repository, commit, path } = self.origin;
        format!("https://github.com/{repository}/raw/{commit}/{path}")
    }
}

/// 64 hexadecimal digits to bytes; anything else does not compile.
const fn sha256(hex: &str) -> [u8; 32] {
    let digits = hex.as_bytes();
    assert!(digits.len() == 64, "a SHA-256 has 64 digits");
    let mut bytes = [0; 32];
    let mut n = 0;
    while n < 32 {
        bytes[n] = digit(digits[2 * n]) << 4 | digit(digits[2 * n + 1]);
        n += 1;
    }
    bytes
}

const fn digit(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => panic!("not a lower-case hexadecimal digit"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card_file::CardFile;

    #[test]
    fn names_are_names_and_no_two_are_the_same() {
        for (n, entry) in REGISTRY.iter().enumerate() {
            let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(entry.name.chars().all(is_plain) && !entry.name.is_empty(), "{}", entry.name);
            assert_eq!(RegistryEntry::find(entry.name), Some(entry));
            assert!(REGISTRY[..n].iter().all(|other| other.name != entry.name), "{} twice", entry.name);
            assert_ne!(entry.name, "none", "`--model none` is taken");
        }
        assert_eq!(RegistryEntry::find("YOLOX-nano"), None);
    }

    #[test]
    fn origins_are_pinned_and_sizes_are_sizes() {
        for RegistryEntry { name, origin, size_bytes, class_count, .. } in REGISTRY {
            assert_eq!(origin.repository.split('/').count(), 2, "{name}");
            assert_eq!(origin.commit.len(), 40, "{name}");
            assert!(origin.commit.chars().all(|c| c.is_ascii_hexdigit()), "{name}");
            assert!(!origin.path.starts_with('/') && !origin.path.contains(".."), "{name}");
            assert!((1..1 << 30).contains(size_bytes) && *class_count > 0, "{name}");
        }
        assert_eq!(
            REGISTRY[0].address(),
            "https://github.com/Kazuhito00/YOLOX-ONNX-TFLite-Sample/raw/\
             3d4f1119d0694200671c08069ecb847aa0d8495a/model/yolox_nano.onnx"
        );
    }

    #[test]
    fn cards_are_cards() {
        for entry in REGISTRY {
            let Support::Runs { card } = entry.support else { continue };
            let card = CardFile::parse(entry.name, card).unwrap();
            assert_eq!(card.task.map(Task::from), Some(entry.task), "{}", entry.name);
            assert!(card.head.is_some(), "{}", entry.name);
        }
    }

    #[test]
    fn hexadecimal_digits_become_bytes() {
        let bytes = sha256("00ff10a0000000000000000000000000000000000000000000000000000000fe");
        assert_eq!((&bytes[..4], bytes[31]), (&[0, 255, 16, 160][..], 254));
    }
}
