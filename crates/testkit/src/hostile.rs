//! Inputs that nobody means well with: a folder of them, read back, and any number of damaged copies of each.
//!
//! What a fuzzer has found once stays found in such a folder: a test of the reader's crate replays it, with a stable
//! compiler and without the fuzzer. Damage is made from a seed; a run is the same every time.

use std::fs;
use std::path::Path;

/// Holds every file under `folder` against `hold`, and `damaged_copies` of each, made from it and its neighbours. A
/// panic of `hold` is told with the file's name and the copy's number.
///
/// # Panics
/// Where the folder cannot be read or is empty: a test that replays nothing proves nothing.
pub fn replay(folder: &Path, damaged_copies: u64, hold: impl Fn(&[u8])) {
    let files = files_in(folder);
    assert!(!files.is_empty(), "{}: no inputs to replay", folder.display());
    for (number, (name, bytes)) in files.iter().enumerate() {
        Watched { name, copy: 0 }.hold(bytes, &hold);
        let (_, neighbour) = &files[(number + 1) % files.len()];
        for copy in 1..=damaged_copies {
            Watched { name, copy }.hold(&damaged(bytes, neighbour, copy), &hold);
        }
    }
}

/// The files of a folder by name, `README.md` left out.
///
/// # Panics
/// Where it cannot be read.
pub fn files_in(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("the folder can be listed"))
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()))
        .filter(|(name, path)| name != "README.md" && path.is_file())
        .map(|(name, path)| (name, fs::read(path).expect("the file can be read")))
        .collect();
    files.sort();
    files
}

/// A copy of `bytes`, damaged in one to four places: cut off, bits flipped, numbers made absurd, stretches doubled,
/// taken out, or taken from `neighbour`. The same seed does the same damage.
pub fn damaged(bytes: &[u8], neighbour: &[u8], seed: u64) -> Vec<u8> {
    let mut dice = Dice::new(seed);
    let mut bytes = bytes.to_vec();
    for _ in 0..=dice.below(4) {
        damage(&mut bytes, neighbour, &mut dice);
    }
    bytes
}

/// Counts, lengths and times that are as good as never meant.
const ABSURD: [u64; 10] =
    [0, 1, 2, 8, 0xffff, 0x00ff_ffff, 0x7fff_ffff, 0xffff_ffff, 0x7fff_ffff_ffff_ffff, 0xffff_ffff_ffff_ffff];

fn damage(bytes: &mut Vec<u8>, neighbour: &[u8], dice: &mut Dice) {
    let at = dice.below(bytes.len() as u64 + 1);
    let stretch = at..(at + 1 + dice.below(16)).min(bytes.len()).max(at);
    match dice.below(8) {
        0 => bytes.truncate(at),
        1 | 2 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
        3 | 4 => {
            let number = ABSURD[dice.below(ABSURD.len() as u64)].to_be_bytes();
            let number = &number[[0, 4, 4, 6, 7][dice.below(5)]..];
            let room = number.len().min(bytes.len() - at);
            bytes[at..at + room].copy_from_slice(&number[..room]);
        }
        5 => drop(bytes.drain(stretch)),
        6 => {
            let copied = bytes[stretch].to_vec();
            bytes.splice(at..at, copied);
        }
        _ => {
            let from = dice.below(neighbour.len() as u64 + 1);
            let taken = &neighbour[from..(from + 1 + dice.below(32)).min(neighbour.len()).max(from)];
            bytes.splice(at..at, taken.iter().copied());
        }
    }
}

/// Xorshift: the same throws every time.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice of this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d)
    }

    /// A number below `count`, which is not 0.
    pub fn below(&mut self, count: u64) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % count) as usize
    }
}

/// Says which input it was, where its test panics.
struct Watched<'a> {
    name: &'a str,
    /// 0 is the file as it is.
    copy: u64,
}

impl Watched<'_> {
    fn hold(self, bytes: &[u8], hold: impl Fn(&[u8])) {
        hold(bytes);
    }
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the input was {}, damaged copy {} (0: as it is)", self.name, self.copy);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_the_same_every_time_and_different_for_each_seed() {
        let (bytes, neighbour) = (b"0123456789".repeat(5), b"abcdef".to_vec());
        let copies: Vec<_> = (0..200).map(|seed| damaged(&bytes, &neighbour, seed)).collect();
        assert_eq!(copies, (0..200).map(|seed| damaged(&bytes, &neighbour, seed)).collect::<Vec<_>>());
        let mut different = copies.clone();
        different.sort();
        different.dedup();
        assert!(different.len() > 150, "{}", different.len());
        for seed in 0..200 {
            damaged(b"", b"", seed);
        }
    }

    #[test]
    fn every_file_and_every_copy_is_held() {
        let folder = crate::TestFolder::new("hostile");
        fs::write(folder.join("a"), b"aa").unwrap();
        fs::write(folder.join("README.md"), b"words").unwrap();
        let held = std::cell::RefCell::new(Vec::new());
        replay(folder.path(), 3, |bytes| held.borrow_mut().push(bytes.to_vec()));
        let held = held.into_inner();
        assert_eq!((held.len(), &held[0]), (4, &b"aa".to_vec()));
    }

    #[test]
    #[should_panic(expected = "no inputs to replay")]
    fn an_empty_folder_is_no_proof() {
        replay(crate::TestFolder::new("empty").path(), 3, |_| {});
    }
}
