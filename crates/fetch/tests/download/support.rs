//! What the tests of downloads share: a file from a formula, a folder, and one call.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use ocelli_fetch::{Address, Digest, Event, FetchError, Options, Outcome, Pinned, download};
use ocelli_testkit::{HttpServer, ManualClock, TestFolder};

/// More than a buffer's worth, and no multiple of one.
pub const FILE_BYTES: usize = 150_001;

/// The file that the tests download.
pub fn file() -> Vec<u8> {
    (0..FILE_BYTES).map(|n| (n.wrapping_mul(7919) % 251) as u8).collect()
}

/// Its pin.
pub fn pinned() -> Pinned {
    pin(&file())
}

/// The pin of these bytes.
pub fn pin(bytes: &[u8]) -> Pinned {
    Pinned { name: "file".to_owned(), sha256: Digest::of(bytes).unwrap(), size_bytes: bytes.len() as u64 }
}

/// Patience for a test: a stall is found soon, and pauses pass at once on a manual clock.
pub fn options() -> Options {
    Options { stall: Duration::from_millis(300), ..Options::default() }
}

/// A folder for one download.
pub struct Place {
    folder: TestFolder,
}

impl Place {
    pub fn new() -> Self {
        Self { folder: TestFolder::new("fetch") }
    }

    /// Where the file is to go: in a folder that is not there yet.
    pub fn target(&self) -> PathBuf {
        self.folder.join("cache").join("file.onnx")
    }

    /// Where it is while it is under way.
    pub fn part(&self) -> PathBuf {
        self.folder.join("cache").join("file.onnx.part")
    }

    /// Puts down what an earlier run left.
    pub fn leave_part(&self, bytes: &[u8]) {
        fs::create_dir_all(self.folder.join("cache")).unwrap();
        fs::write(self.part(), bytes).unwrap();
    }

    /// Downloads the pinned file from the server.
    pub fn download(&self, server: &HttpServer, options: &Options) -> Result<Outcome, FetchError> {
        self.download_from(&server.address("/a/file.onnx"), options, &mut |_| {})
    }

    /// The same from any address, with an eye on it.
    pub fn download_from(
        &self,
        address: &str,
        options: &Options,
        watch: &mut dyn FnMut(Event),
    ) -> Result<Outcome, FetchError> {
        let address = Address::parse(address)?;
        download(&pinned(), &address, &self.target(), options, &ManualClock::default(), watch)
    }

    /// Panics unless the file is there, whole, and nothing beside it.
    #[track_caller]
    pub fn assert_whole(&self) {
        assert!(fs::read(self.target()).unwrap() == file(), "the file is another one");
        assert_eq!(self.names(), ["file.onnx"]);
    }

    /// Panics unless nothing is there at all.
    #[track_caller]
    pub fn assert_empty(&self) {
        assert_eq!(self.names(), Vec::<String>::new());
    }

    /// Panics unless the first `bytes` bytes of the file are kept as a part, and nothing else is there.
    #[track_caller]
    pub fn assert_part(&self, bytes: usize) {
        assert!(fs::read(self.part()).unwrap() == file()[..bytes], "the part is of another file");
        assert_eq!(self.names(), ["file.onnx.part"]);
    }

    fn names(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.folder.join("cache")) else { return Vec::new() };
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}
