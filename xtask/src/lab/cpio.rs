//! The archive that Linux takes as its first file system: cpio in the "newc" form.

const MODE_FOLDER: u32 = 0o040_755;
const MODE_FILE: u32 = 0o100_755;
const TRAILER: &str = "TRAILER!!!";

/// An archive that grows.
#[derive(Debug, Default)]
pub struct Archive {
    bytes: Vec<u8>,
    folders: Vec<String>,
    files: Vec<String>,
}

impl Archive {
    /// A file that everybody may run, once, and the folders above it; `path` is without a leading `/`.
    pub fn file(&mut self, path: &str, contents: &[u8]) {
        if self.files.iter().any(|known| known == path) {
            return;
        }
        self.files.push(path.to_owned());
        for (end, _) in path.match_indices('/') {
            let folder = &path[..end];
            if !self.folders.iter().any(|known| known == folder) {
                self.folders.push(folder.to_owned());
                self.entry(folder, MODE_FOLDER, &[]);
            }
        }
        self.entry(path, MODE_FILE, contents);
    }

    /// The whole archive.
    pub fn finish(mut self) -> Vec<u8> {
        self.entry(TRAILER, 0, &[]);
        self.bytes
    }

    fn entry(&mut self, path: &str, mode: u32, contents: &[u8]) {
        let number = self.bytes.len();
        let links = 1;
        let length = u32::try_from(contents.len()).expect("a file of a small guest");
        let name_length = path.len() as u32 + 1;
        // Magic, inode, mode, user, group, links, time, length, device (2), device of a device file (2), name, check.
        self.bytes.extend_from_slice(b"070701");
        for field in [number as u32, mode, 0, 0, links, 0, length, 0, 0, 0, 0, name_length, 0] {
            self.bytes.extend_from_slice(format!("{field:08X}").as_bytes());
        }
        self.bytes.extend_from_slice(path.as_bytes());
        self.bytes.push(0);
        self.pad();
        self.bytes.extend_from_slice(contents);
        self.pad();
    }

    fn pad(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_a_header_of_hex_a_name_and_padded_contents() {
        let mut archive = Archive::default();
        archive.file("a/b", b"hello");
        archive.file("a/c", b"");
        archive.file("a/c", b"again");
        let bytes = archive.finish();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text.len() % 4, 0);
        assert_eq!(text.matches("070701").count(), 4, "the folder, once; two files; the trailer");
        let header = text.find("a/b\0").unwrap();
        // The length stands in the seventh field; the name begins at a multiple of 4 plus 110.
        assert_eq!(&text[header - 110 + 6 + 6 * 8..][..8], "00000005");
        assert_eq!(&text[(header + 4).next_multiple_of(4)..][..8], "hello\0\0\0");
        assert!(text.trim_end_matches('\0').ends_with(TRAILER));
    }
}
