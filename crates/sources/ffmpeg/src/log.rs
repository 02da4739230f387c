//! What ffmpeg says while it works: how serious each line is, what its streams are, and its last complaints.
//!
//! Bounded: a line and the complaints have a length that is never exceeded, however much it says.

use crate::described::{Described, describe};

/// Bytes of a line that are looked at.
const LINE_BYTES_MAX: usize = 1024;
/// Bytes of complaints that are kept, the last ones.
const KEPT_BYTES_MAX: usize = 4096;
/// Complaints that only say that there was another.
const EMPTY_WORDS: [&str; 2] = ["Conversion failed!", "To ignore this, add a trailing"];

/// What has been said so far.
#[derive(Debug, Default)]
pub(crate) struct Log {
    line: Vec<u8>,
    complaints: Vec<String>,
    complaint_count: u64,
    first_complaint: Option<String>,
    input_codec: Option<String>,
    input_fps: Option<f64>,
    output: Option<Described>,
}

impl Log {
    /// Takes in what came out of the child's stderr.
    pub fn push(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if byte == b'\n' || byte == b'\r' {
                self.end_line();
            } else if self.line.len() < LINE_BYTES_MAX {
                self.line.push(byte);
            }
        }
    }

    /// The child has closed its stderr: what is left is a line.
    pub fn close(&mut self) {
        self.end_line();
    }

    /// What the decoder is called.
    pub fn codec(&self) -> Option<&str> {
        self.input_codec.as_deref()
    }

    /// Frames a second of the input.
    pub fn fps(&self) -> Option<f64> {
        self.input_fps
    }

    /// What the pictures are that come out.
    pub fn output(&self) -> Option<&Described> {
        self.output.as_ref()
    }

    /// The last complaints in one line.
    pub fn last_complaints(&self) -> Option<String> {
        let from = self.complaints.len().saturating_sub(2);
        (!self.complaints.is_empty()).then(|| {
            self.complaints[from..]
                .iter()
                .map(|words| words.trim_end_matches('.'))
                .collect::<Vec<_>>()
                .join("; ")
        })
    }

    /// Whether a complaint that is kept holds `words`.
    pub fn complains_of(&self, words: &str) -> bool {
        self.complaints.iter().any(|complaint| complaint.contains(words))
    }

    /// How many complaints there were, and the first.
    pub fn complaints(&self) -> Option<(u64, &str)> {
        self.first_complaint.as_deref().map(|first| (self.complaint_count, first))
    }

    fn end_line(&mut self) {
        let line = String::from_utf8_lossy(&self.line).into_owned();
        self.line.clear();
        match Level::of(&line) {
            Some((Level::Complaint, words)) => self.complain(words),
            Some((Level::Talk, words)) => self.read(words),
            None => {}
        }
    }

    fn read(&mut self, words: &str) {
        let Some(described) = describe(words) else { return };
        // The input's streams are listed first, then the one that comes out. Of several in the input the first counts,
        // as it does for ffmpeg, but for cover pictures.
        if described.codec == "rawvideo" && self.input_codec.is_some() {
            self.output.get_or_insert(described);
        } else if self.input_codec.is_none() && !words.contains("(attached pic)") {
            self.input_fps = described.fps;
            self.input_codec = Some(described.codec);
        }
    }

    fn complain(&mut self, words: &str) {
        let words: String = words.chars().filter(|c| !c.is_control()).collect();
        if EMPTY_WORDS.iter().any(|empty| words.starts_with(empty)) {
            return;
        }
        self.complaint_count += 1;
        self.first_complaint.get_or_insert_with(|| words.clone());
        if self.complaints.last() != Some(&words) {
            self.complaints.push(words);
        }
        while self.complaints.iter().map(String::len).sum::<usize>() > KEPT_BYTES_MAX {
            self.complaints.remove(0);
        }
    }
}

/// How serious a line is.
enum Level {
    /// `[error]`, `[fatal]`, `[panic]`.
    Complaint,
    /// `[info]`.
    Talk,
}

impl Level {
    /// A line begins with its level, or with who speaks (`[h264 @ 0x55d0]`) and then its level; lines of any other
    /// level, and those without, are nothing to us.
    fn of(line: &str) -> Option<(Self, &str)> {
        let mut rest = line;
        for _ in 0..3 {
            let (bracket, behind) = rest.strip_prefix('[')?.split_once("] ")?;
            match bracket {
                "error" | "fatal" | "panic" => return Some((Self::Complaint, behind.trim_end())),
                "info" => return Some((Self::Talk, behind)),
                _ => rest = behind,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_and_complaints_are_told_apart() {
        let mut log = Log::default();
        let said = b"[info]   Stream #0:0(eng): Video: mpeg4 (mp4v / 0x7634706D), yuv420p(tv), 64x48, 30 fps, 30 tbr\n\
            [info]   Stream #0:1: Video: png, rgb24(pc), 10x10, 90k tbr (attached pic)\n\
            [warning] nothing\r[h264 @ 0x1] [error] mmco: failure\n[info] Output #0\n\
            [info]   Stream #0:0: Video: rawvideo (I420 / 0x30323449), yuv420p(pc, bt709, progressive), 64x48\n\
            [error] x.avi: broken\n[fatal] Conversion failed!\n[error] x.avi: bro";
        for piece in said.chunks(7) {
            log.push(piece);
        }
        assert_eq!((log.codec(), log.fps()), (Some("mpeg4"), Some(30.0)));
        assert!(log.output().is_some());
        assert_eq!(log.complaints(), Some((2, "mmco: failure")));
        log.close();
        assert_eq!(log.complaints(), Some((3, "mmco: failure")));
        assert_eq!(log.last_complaints().as_deref(), Some("x.avi: broken; x.avi: bro"));
        assert!(log.complains_of("mmco") && !log.complains_of("nothing"));
    }

    #[test]
    fn a_raw_input_is_not_taken_for_the_output() {
        let mut log = Log::default();
        log.push(b"[info]   Stream #0:0: Video: rawvideo (I420 / 0x3), yuv420p, 64x48, 25 fps\n");
        assert_eq!((log.codec(), log.output().is_some()), (Some("rawvideo"), false));
        log.push(b"[info]   Stream #0:0: Video: rawvideo (I420 / 0x3), yuv420p, 64x48, 25 fps\n");
        assert!(log.output().is_some());
    }

    #[test]
    fn however_much_is_said_little_is_kept() {
        let mut log = Log::default();
        log.push(&[b'x'; 100_000]);
        log.push(b"\n");
        for n in 0..10_000 {
            log.push(format!("[error] complaint {n} {}\n", "y".repeat(5_000)).as_bytes());
        }
        assert!(log.complaints.iter().map(String::len).sum::<usize>() <= KEPT_BYTES_MAX);
        assert!(log.line.capacity() <= 2 * LINE_BYTES_MAX);
        assert_eq!(log.complaints().unwrap().0, 10_000);
    }
}
