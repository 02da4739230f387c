//! One source's line of figures, in words.

use std::fmt::{self, Write};

use crate::figures::Told;

/// The parts of a line. Their memory is used again.
#[derive(Debug)]
pub(crate) struct Caption {
    /// Name, rate, age, its p99, drops, and whether the picture stands still; those that are empty are not shown.
    parts: [String; 6],
}

impl Caption {
    /// `name` is of the source; nothing where it goes without saying.
    pub fn new(name: &str) -> Self {
        let mut parts = [const { String::new() }; 6];
        name.clone_into(&mut parts[0]);
        Self { parts }
    }

    /// What there is to say now.
    pub fn write(&mut self, told: Option<Told>, dropped: u64, is_paused: bool) {
        let [_, fps, age, p99, drops, pause] = &mut self.parts;
        for part in [&mut *fps, &mut *age, &mut *p99, &mut *drops, &mut *pause] {
            part.clear();
        }
        if let Some(told) = told {
            put(fps, format_args!("{:.1} fps", told.fps));
            put(age, format_args!("age {}", Time(told.age_ns)));
            put(p99, format_args!("p99 {}", Time(told.age_p99_ns)));
            put(drops, format_args!("{dropped} dropped"));
        }
        if is_paused {
            pause.push_str("paused");
        }
    }

    /// What is to be written, part by part.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(String::as_str).filter(|part| !part.is_empty())
    }
}

fn put(part: &mut String, words: fmt::Arguments<'_>) {
    part.write_fmt(words).expect("memory takes text");
}

/// Nanoseconds, in milliseconds, and in seconds from one on.
struct Time(u64);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.0 as f64 * 1e-6;
        if ms < 999.5 { write!(f, "{ms:.0} ms") } else { write!(f, "{:.1} s", ms * 1e-3) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caption_says_what_there_is() {
        let mut caption = Caption::new("cam0");
        caption.write(None, 0, false);
        assert_eq!(caption.parts().collect::<Vec<_>>(), ["cam0"]);
        let told = Told { fps: 29.97, age_ns: 41_400_000, age_p99_ns: 999_600_000 };
        caption.write(Some(told), 3, true);
        let parts = ["cam0", "30.0 fps", "age 41 ms", "p99 1.0 s", "3 dropped", "paused"];
        assert_eq!(caption.parts().collect::<Vec<_>>(), parts);
        let mut alone = Caption::new("");
        alone.write(Some(told), 0, false);
        assert_eq!(alone.parts().next(), Some("30.0 fps"));
    }
}
