//! What ffmpeg is asked to do: its arguments, one reason each. Nothing is started here.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use ocelli_capture::{Pace, SecretUrl, redact};

/// The pixel formats that we read in place. ffmpeg takes the one that loses least of what the decoder gives, which is
/// that very one where it is among them.
const PIXEL_FORMATS: &str = "format=yuv420p|yuvj420p|nv12|yuyv422|gray|rgb24|bgr24";
/// Protocols that a file may lead to: a playlist names files, never addresses.
const FILE_PROTOCOLS: &str = "file,crypto,data";
/// Protocols that a web address may lead to: never a file.
const WEB_PROTOCOLS: &str = "http,https,tcp,tls,httpproxy,crypto,data";
/// Microseconds that a server may be silent.
const WEB_TIMEOUT_US: &str = "15000000";

/// What is to be read.
#[derive(Clone, Debug)]
pub enum Input {
    /// A file.
    File(PathBuf),
    /// A stream or file behind a web address.
    Url(SecretUrl),
}

impl Input {
    /// What it is called, without secrets: a file's name, or the address.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File(path) => path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
            Self::Url(url) => url.to_string(),
        }
    }

    /// Where it is, without secrets.
    pub(crate) fn place(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Url(url) => url.to_string(),
        }
    }

    /// `text`, which ffmpeg wrote, without this input's secrets, and without the path that stands in front already.
    pub(crate) fn without_secrets(&self, text: &str) -> String {
        let url = match self {
            Self::File(path) => return text.replace(&format!("file:{}: ", path.display()), ""),
            Self::Url(url) => url,
        };
        let text = text.replace(url.expose(), &url.to_string());
        let words =
            text.split(' ').map(|word| if word.contains("//") { redact(word) } else { word.to_owned() });
        let text = words.collect::<Vec<_>>().join(" ");
        match password(url.expose()) {
            Some(password) => text.replace(password, "***"),
            None => text,
        }
    }

    fn argument(&self) -> OsString {
        match self {
            Self::File(path) => file_argument(path),
            Self::Url(url) => url.expose().into(),
        }
    }
}

/// A path as ffmpeg takes for nothing else: not for an option (`-x.mp4`), not for an address (`a:b.mp4`).
fn file_argument(path: &Path) -> OsString {
    let mut argument = OsString::from("file:");
    argument.push(path);
    argument
}

/// What stands between the user's name and the host.
fn password(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("//")?;
    let (before, _) = rest.rsplit_once('@')?;
    before.split_once(':').map(|(_, password)| password).filter(|password| !password.is_empty())
}

/// How ffmpeg spells `--fps_mode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// From 5.1 on.
    FpsMode,
    /// Before.
    Vsync,
}

/// A task for ffmpeg.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    pub input: Input,
    /// What decodes, where it is not to be the processor.
    pub hwaccel: Option<String>,
    pub pace: Pace,
    pub spelling: Spelling,
    /// Pixels that no picture may have more of.
    pub pixels_max: u64,
}

impl Task {
    /// Everything behind `ffmpeg`.
    pub fn arguments(&self) -> Vec<OsString> {
        let mut all: Vec<OsString> = Vec::new();
        let mut add = |arguments: &[&str]| all.extend(arguments.iter().map(OsString::from));
        // Each line of its talk says how serious it is: errors are kept, what it says of its streams is read.
        add(&["-hide_banner", "-nostdin", "-nostats", "-loglevel", "level+info"]);
        add(&["-max_pixels", &self.pixels_max.to_string()]);
        match &self.input {
            Input::File(_) => add(&["-protocol_whitelist", FILE_PROTOCOLS]),
            Input::Url(_) => {
                add(&["-protocol_whitelist", WEB_PROTOCOLS, "-rw_timeout", WEB_TIMEOUT_US]);
                if self.pace == Pace::Live {
                    // A thread a frame would hold back as many frames as there are threads.
                    add(&["-thread_type", "slice"]);
                }
            }
        }
        if let Some(hwaccel) = &self.hwaccel {
            add(&["-hwaccel", hwaccel]);
        }
        add(&["-i"]);
        all.push(self.input.argument());
        let mut add = |arguments: &[&str]| all.extend(arguments.iter().map(OsString::from));
        // The first video stream that is no cover picture; every frame of it once, at the time the file gives it, in
        // the size it has.
        add(&["-map", "0:V:0", "-autoscale", "0"]);
        add(match self.spelling {
            Spelling::FpsMode => &["-fps_mode", "passthrough"],
            Spelling::Vsync => &["-vsync", "passthrough"],
        });
        add(&["-enc_time_base", "-1", "-c:v", "rawvideo", "-vf", PIXEL_FORMATS]);
        add(&["-f", "nut", "-write_index", "0", "-flush_packets", "1", "pipe:1"]);
        all
    }
}

/// Whether `name` can be a hardware decoder's: letters, digits and `_`.
pub(crate) fn is_hwaccel_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 32
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The environment that ffmpeg would let its talk be changed by.
pub(crate) const ENVIRONMENT_REMOVED: [&str; 2] = ["FFREPORT", "AV_LOG_FORCE_COLOR"];
/// And what is set in it.
pub(crate) const ENVIRONMENT_SET: (&str, &str) = ("AV_LOG_FORCE_NOCOLOR", "1");

/// The program, as `PATH` finds it.
pub(crate) fn program() -> &'static OsStr {
    OsStr::new("ffmpeg")
}

#[cfg(test)]
mod tests {
    use ocelli_capture::SourceUri;

    use super::*;

    fn task(input: Input) -> Task {
        Task { input, hwaccel: None, pace: Pace::Max, spelling: Spelling::FpsMode, pixels_max: 100 }
    }

    fn url(text: &str) -> Input {
        match SourceUri::parse(text).unwrap() {
            SourceUri::Http(url) => Input::Url(url),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn no_path_is_an_option_or_an_address() {
        for name in ["-y.mp4", "http://example.com/x.mp4", "concat:a|b", "a b.avi"] {
            let arguments = task(Input::File(name.into())).arguments();
            let input = arguments.iter().position(|argument| argument == "-i").unwrap() + 1;
            assert_eq!(arguments[input], OsString::from(format!("file:{name}")));
            assert_eq!(
                arguments.iter().filter(|argument| argument.to_string_lossy().contains(name)).count(),
                1
            );
        }
    }

    #[test]
    fn what_is_asked_for_stands_on_the_right_side_of_the_input() {
        let mut task = task(url("http://example.com/live.mjpg"));
        (task.hwaccel, task.pace, task.spelling) = (Some("vaapi".into()), Pace::Live, Spelling::Vsync);
        let arguments = task.arguments();
        let place = |name: &str| arguments.iter().position(|argument| argument == name);
        let input = place("-i").unwrap();
        for before in ["-hwaccel", "-thread_type", "-protocol_whitelist", "-max_pixels", "-rw_timeout"] {
            assert!(place(before).unwrap() < input, "{before}");
        }
        assert!(place("-vsync").unwrap() > input && place("-fps_mode").is_none());
        assert_eq!(arguments[place("-hwaccel").unwrap() + 1], "vaapi");
    }

    #[test]
    fn no_secret_gets_out() {
        let input = url("http://user:s3cret@example.com/a.avi?token=t0ken");
        let said = "[tcp] http://user:s3cret@example.com/a.avi?token=t0ken: s3cret 'http://u:s3cret@example.org/x?key=k' refused";
        let shown = input.without_secrets(said);
        assert!(!shown.contains("s3cret") && !shown.contains("t0ken") && !shown.contains("key=k"), "{shown}");
        assert!(shown.contains("example.com/a.avi") && shown.ends_with("refused"), "{shown}");
        assert!(!format!("{input:?} {} {}", input.name(), input.place()).contains("s3cret"));
    }

    #[test]
    fn names_of_decoders() {
        assert!(["vaapi", "cuda", "d3d11va", "none"].into_iter().all(is_hwaccel_name));
        assert!(!["", "-i", "a b", "../x"].into_iter().any(is_hwaccel_name));
    }
}
