//! The grammar of `web:`: an address and, behind a `?`, what viewers may have and how they prove who they are.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use ocelli_pipeline::SinkError;

/// Where the live view is, where nothing else is said.
const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const PORT: u16 = 7001;
/// What a viewer may have, likewise.
const FPS: f64 = 30.0;
const WIDTH: u32 = 1280;
const QUALITY: u8 = 75;

/// Of the names that a server goes by.
const HOSTS_MAX: usize = 16;
/// The widest picture that can be asked for: 8K.
pub(crate) const WIDTH_MAX: u32 = 7680;
/// The narrowest.
pub(crate) const WIDTH_MIN: u32 = 16;
/// The most pictures a second that can be asked for.
pub(crate) const FPS_MAX: f64 = 240.0;

/// How it is written, for hints and help.
const GRAMMAR: &str = "web:[ADDRESS][:PORT][?fps=30&width=1280&quality=75&token_file=PATH&cert=PATH&key=PATH&host=NAME], \
                       such as web:, web:7002 or web:0.0.0.0:7001?width=960";

/// A live view that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct WebSpec {
    /// The text itself, its name in the account.
    pub text: String,
    /// Where it is served; port 0 stands for any free one.
    pub address: SocketAddr,
    /// Pictures a second that a viewer gets at most.
    pub fps_max: f64,
    /// The width that a viewer's pictures have at most.
    pub width_max: u32,
    /// Of the JPEGs, 1..=100.
    pub quality: u8,
    /// Holds the token; without one a token is made where one is needed.
    pub token_file: Option<PathBuf>,
    /// With these it speaks TLS.
    pub tls: Option<TlsFiles>,
    /// Names that it may be asked for by, besides addresses and `localhost`; in small letters.
    pub hosts: Vec<String>,
}

/// Both as PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, and those that it hangs on.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

impl WebSpec {
    /// Reads `web:`, `web:PORT`, `web:HOST`, `web:HOST:PORT`, each with or without `?KEY=VALUE&…`. Looks at no disk and
    /// no network. Memory: at most 8 times the text and 4 KiB.
    ///
    /// # Errors
    /// Where the address is none, and for keys and values that are not known.
    pub fn parse(text: &str) -> Result<Self, SinkError> {
        let wrong = |what: String| SinkError::new(format!("{text}: {what}"), format!("write {GRAMMAR}"));
        let rest =
            text.strip_prefix("web:").ok_or_else(|| wrong("the live view begins with web:".to_owned()))?;
        let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut spec = Self {
            text: text.to_owned(),
            address: parse_address(address).map_err(wrong)?,
            fps_max: FPS,
            width_max: WIDTH,
            quality: QUALITY,
            token_file: None,
            tls: None,
            hosts: Vec::new(),
        };
        let (mut certificate, mut key) = (None, None);
        let mut seen: Vec<&str> = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if seen.contains(&name) {
                return Err(wrong(format!("{name} is said twice")));
            }
            match name {
                "fps" => spec.fps_max = parse_fps(value).map_err(wrong)?,
                "width" => spec.width_max = parse_width(value).map_err(wrong)?,
                "quality" => spec.quality = parse_quality(value).map_err(wrong)?,
                "token_file" => spec.token_file = Some(parse_path(name, value).map_err(wrong)?),
                "cert" => certificate = Some(parse_path(name, value).map_err(wrong)?),
                "key" => key = Some(parse_path(name, value).map_err(wrong)?),
                "host" => spec.hosts.push(parse_host(value, spec.hosts.len()).map_err(wrong)?),
                _ => return Err(wrong(format!("there is no {name:?} to set"))),
            }
            if name != "host" {
                seen.push(name);
            }
        }
        spec.tls = match (certificate, key) {
            (Some(certificate), Some(key)) => Some(TlsFiles { certificate, key }),
            (None, None) => None,
            _ => return Err(wrong("TLS takes both cert= and key=".to_owned())),
        };
        Ok(spec)
    }

    /// Whether only this machine can see it.
    pub fn is_on_loopback(&self) -> bool {
        self.address.ip().is_loopback()
    }
}

fn parse_address(text: &str) -> Result<SocketAddr, String> {
    if text.is_empty() {
        return Ok(SocketAddr::new(ADDRESS, PORT));
    }
    if let Ok(port) = text.parse() {
        return Ok(SocketAddr::new(ADDRESS, port));
    }
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Ok(address);
    }
    if let Some(ip) = parse_ip(text) {
        return Ok(SocketAddr::new(ip, PORT));
    }
    let named = text.rsplit_once(':').and_then(|(host, port)| Some((parse_ip(host)?, port.parse().ok()?)));
    named.map(SocketAddr::from).ok_or_else(|| {
        format!("{text:?} is no address of this machine (0.0.0.0 is all of them; a name goes into host=)")
    })
}

fn parse_ip(text: &str) -> Option<IpAddr> {
    match text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(v6) => v6.parse().map(IpAddr::V6).ok(),
        None if text == "localhost" => Some(ADDRESS),
        None => text.parse().ok(),
    }
}

fn parse_fps(value: &str) -> Result<f64, String> {
    let fps = value.parse().ok().filter(|fps| (0.1..=FPS_MAX).contains(fps));
    fps.ok_or_else(|| format!("fps={value} is no rate from 0.1 to {FPS_MAX}"))
}

fn parse_width(value: &str) -> Result<u32, String> {
    let width = value.parse().ok().filter(|width| (WIDTH_MIN..=WIDTH_MAX).contains(width));
    width.ok_or_else(|| format!("width={value} is none from {WIDTH_MIN} to {WIDTH_MAX}"))
}

fn parse_quality(value: &str) -> Result<u8, String> {
    let quality = value.parse().ok().filter(|quality| (1..=100).contains(quality));
    quality.ok_or_else(|| format!("quality={value} is none from 1 to 100"))
}

fn parse_path(name: &str, value: &str) -> Result<PathBuf, String> {
    if value.is_empty() { Err(format!("{name}= names no file")) } else { Ok(PathBuf::from(value)) }
}

fn parse_host(value: &str, before: usize) -> Result<String, String> {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || "-._".contains(letter);
    if value.is_empty() || value.len() > 253 || !value.chars().all(is_letter) {
        return Err(format!("host={value} is no name of a machine"));
    }
    if before == HOSTS_MAX {
        return Err(format!("more than {HOSTS_MAX} host="));
    }
    Ok(value.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> WebSpec {
        WebSpec::parse(text).unwrap()
    }

    #[test]
    fn addresses() {
        for (text, address) in [
            ("web:", "127.0.0.1:7001"),
            ("web:7002", "127.0.0.1:7002"),
            ("web:0", "127.0.0.1:0"),
            ("web:localhost", "127.0.0.1:7001"),
            ("web:localhost:80", "127.0.0.1:80"),
            ("web:0.0.0.0", "0.0.0.0:7001"),
            ("web:192.168.1.5:9000?fps=5", "192.168.1.5:9000"),
            ("web:[::1]:7001", "[::1]:7001"),
            ("web:[::]", "[::]:7001"),
            ("web:::1", "[::1]:7001"),
            ("web:?", "127.0.0.1:7001"),
        ] {
            assert_eq!(parsed(text).address.to_string(), address, "{text}");
        }
        assert!(parsed("web:[::1]").is_on_loopback() && parsed("web:127.9.9.9:1").is_on_loopback());
        assert!(!parsed("web:0.0.0.0").is_on_loopback() && !parsed("web:[::]").is_on_loopback());
    }

    #[test]
    fn everything_can_be_said() {
        let text = "web:0.0.0.0:7001?fps=14.5&width=960&quality=60&token_file=/a b&cert=c.pem&key=k.pem&host=Cam.Local&host=b";
        let spec = parsed(text);
        assert_eq!((spec.text.as_str(), spec.fps_max, spec.width_max, spec.quality), (text, 14.5, 960, 60));
        assert_eq!(spec.token_file, Some("/a b".into()));
        assert_eq!(spec.tls, Some(TlsFiles { certificate: "c.pem".into(), key: "k.pem".into() }));
        assert_eq!(spec.hosts, ["cam.local", "b"]);
        let spec = parsed("web:");
        assert_eq!((spec.fps_max, spec.width_max, spec.quality), (30.0, 1280, 75));
        assert_eq!((spec.token_file, spec.tls, spec.hosts), (None, None, Vec::new()));
    }

    #[test]
    fn what_is_wrong_is_named_and_what_is_right_is_shown() {
        for (text, message) in [
            ("web", "web: the live view begins with web:"),
            (
                "web:70000",
                r#"web:70000: "70000" is no address of this machine (0.0.0.0 is all of them; a name goes into host=)"#,
            ),
            (
                "web:cam.local:80",
                r#"web:cam.local:80: "cam.local:80" is no address of this machine (0.0.0.0 is all of them; a name goes into host=)"#,
            ),
            ("web:?fsp=5", r#"web:?fsp=5: there is no "fsp" to set"#),
            ("web:?fps=0", "web:?fps=0: fps=0 is no rate from 0.1 to 240"),
            ("web:?fps=nan", "web:?fps=nan: fps=nan is no rate from 0.1 to 240"),
            ("web:?width=7", "web:?width=7: width=7 is none from 16 to 7680"),
            ("web:?quality=101", "web:?quality=101: quality=101 is none from 1 to 100"),
            ("web:?cert=a", "web:?cert=a: TLS takes both cert= and key="),
            ("web:?token_file=", "web:?token_file=: token_file= names no file"),
            ("web:?host=a/b", "web:?host=a/b: host=a/b is no name of a machine"),
            ("web:?fps=5&fps=6", "web:?fps=5&fps=6: fps is said twice"),
        ] {
            let error = WebSpec::parse(text).unwrap_err();
            assert_eq!(error.to_string(), message);
            assert!(error.hint().starts_with("write web:[ADDRESS]"), "{}", error.hint());
        }
        let many = "&host=a".repeat(17);
        assert!(WebSpec::parse(&format!("web:?{many}")).unwrap_err().to_string().contains("more than 16"));
    }
}
