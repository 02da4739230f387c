//! Which camera it was: found again under whatever name it has after it was plugged in again.
//!
//! A camera is known by what its driver says of it (driver, card, where it is plugged in) and by what `/sys` says (its
//! name, which of the device's nodes it is, its serial number). The node `/dev/video0` says nothing: after a replug it
//! may be another camera's.

use std::fs;
use std::path::{Path, PathBuf};

use crate::sys::Capability;

const SYS: &str = "/sys/class/video4linux";

/// What a camera is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    driver: String,
    card: String,
    bus: String,
    /// `None` where `/sys` is not there, as in some containers.
    node: Option<NodeIdentity>,
}

/// What `/sys` says of a node, without opening it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct NodeIdentity {
    name: String,
    /// Which of the device's nodes.
    index: String,
    /// The serial number of the USB device; `None` where it has none, or one that another camera has too.
    serial: Option<String>,
}

impl Identity {
    /// Of the device at `path`.
    pub fn of(path: &Path, capability: &Capability) -> Self {
        Self::in_sys(Path::new(SYS), path, capability)
    }

    fn in_sys(sys: &Path, path: &Path, capability: &Capability) -> Self {
        let Capability { driver, card, bus, .. } = capability.clone();
        // A name of udev's, as `/dev/v4l/by-id/…`, is a link.
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let own = real.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut node = NodeIdentity::of(sys, &own);
        if let Some(node) = &mut node {
            // Cheap cameras all have the same number: then it tells nothing.
            let of_others = nodes(sys).into_iter().filter(|other| *other != own);
            let others = of_others.filter_map(|other| NodeIdentity::of(sys, &other));
            let is_shared =
                others.filter(|other| other.index == node.index).any(|other| other.serial == node.serial);
            node.serial = node.serial.take().filter(|_| !is_shared);
        }
        Self { driver, card, bus, node }
    }

    /// The nodes that may be this camera by what `/sys` says: first the one that it was, then the others in order.
    pub fn places(&self, path: &Path) -> Vec<PathBuf> {
        self.places_in_sys(Path::new(SYS), path)
    }

    fn places_in_sys(&self, sys: &Path, path: &Path) -> Vec<PathBuf> {
        let mut places = vec![path.to_owned()];
        let Some(ours) = &self.node else { return places };
        for name in nodes(sys) {
            let Some(node) = NodeIdentity::of(sys, &name) else { continue };
            let may_be = (&node.name, &node.index) == (&ours.name, &ours.index)
                && (ours.serial.is_none() || node.serial == ours.serial);
            let place = Path::new("/dev").join(name);
            if may_be && place != path {
                places.push(place);
            }
        }
        places
    }

    /// Whether the device that answers at `path` is this camera. With a serial number it is wherever it is plugged in;
    /// without one it is where it was plugged in before: elsewhere it may be another one of its make.
    pub fn is(&self, path: &Path, capability: &Capability) -> bool {
        self.is_in_sys(Path::new(SYS), path, capability)
    }

    fn is_in_sys(&self, sys: &Path, path: &Path, capability: &Capability) -> bool {
        let found = Self::in_sys(sys, path, capability);
        let index = |identity: &Self| identity.node.as_ref().map(|node| node.index.clone());
        let serial = |identity: &Self| identity.node.as_ref().and_then(|node| node.serial.clone());
        let is_make = (&found.driver, &found.card) == (&self.driver, &self.card);
        let is_node = index(&found) == index(self) || index(self).is_none();
        let is_one = match (serial(self), serial(&found)) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => found.bus == self.bus,
        };
        is_make && is_node && is_one
    }
}

impl NodeIdentity {
    /// `None` where there is no such node.
    fn of(sys: &Path, name: &str) -> Option<Self> {
        let read = |file: &str| {
            let text = fs::read_to_string(sys.join(name).join(file)).ok()?;
            Some(text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        // `device` is the USB interface; what is around it is the device.
        let serial = read("device/../serial");
        Some(Self { name: read("name")?, index: read("index").unwrap_or_default(), serial })
    }
}

/// `video0`, `video1`, …, in the order of their numbers.
fn nodes(sys: &Path) -> Vec<String> {
    let names = fs::read_dir(sys)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let number = |name: &str| name.strip_prefix("video").and_then(|number| number.parse::<u32>().ok());
    let mut nodes: Vec<_> = names.filter(|name| number(name).is_some()).collect();
    nodes.sort_by_key(|name| number(name));
    nodes
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use ocelli_testkit::TestFolder;

    use super::*;

    /// A made-up `/sys`: nodes of USB devices.
    struct Sys(TestFolder);

    impl Sys {
        fn new(name: &str) -> Self {
            let folder = TestFolder::new(name);
            fs::create_dir_all(folder.join("class")).unwrap();
            Self(folder)
        }

        fn path(&self) -> PathBuf {
            self.0.join("class")
        }

        fn plug_in(&self, node: &str, port: &str, serial: Option<&str>) {
            let interface = self.0.join(port).join("interface");
            fs::create_dir_all(&interface).unwrap();
            if let Some(serial) = serial {
                fs::write(self.0.join(port).join("serial"), format!("{serial}\n")).unwrap();
            }
            let folder = self.path().join(node);
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("name"), "HD Webcam\n").unwrap();
            fs::write(folder.join("index"), "0\n").unwrap();
            symlink(&interface, folder.join("device")).unwrap();
        }

        fn unplug(&self, node: &str) {
            fs::remove_dir_all(self.path().join(node)).unwrap();
        }
    }

    fn says(bus: &str) -> Capability {
        Capability {
            driver: "uvcvideo".into(),
            card: "HD Webcam".into(),
            bus: bus.into(),
            version: String::new(),
            capture: None,
        }
    }

    fn dev(name: &str) -> PathBuf {
        Path::new("/dev").join(name)
    }

    #[test]
    fn by_its_serial_number_a_camera_is_found_wherever_it_is_plugged_in() {
        let sys = Sys::new("identity-serial");
        sys.plug_in("video90", "1-1", Some("A"));
        sys.plug_in("video91", "1-2", Some("B"));
        let ours = Identity::in_sys(&sys.path(), &dev("video90"), &says("usb-1"));
        sys.unplug("video90");
        sys.plug_in("video92", "1-3", Some("A"));
        assert_eq!(ours.places_in_sys(&sys.path(), &dev("video90")), [dev("video90"), dev("video92")]);
        assert!(ours.is_in_sys(&sys.path(), &dev("video92"), &says("usb-3")));
        assert!(!ours.is_in_sys(&sys.path(), &dev("video91"), &says("usb-1")), "another one of its make");
    }

    #[test]
    fn without_a_serial_number_of_its_own_it_is_known_by_its_port() {
        for serial in [None, Some("0001")] {
            let sys = Sys::new("identity-port");
            sys.plug_in("video90", "1-1", serial);
            sys.plug_in("video91", "1-2", serial);
            let ours = Identity::in_sys(&sys.path(), &dev("video90"), &says("usb-1"));
            sys.unplug("video90");
            let other = says("usb-2");
            assert!(!ours.is_in_sys(&sys.path(), &dev("video91"), &other), "{serial:?}: never the other one");
            sys.plug_in("video92", "1-1", serial);
            assert!(ours.is_in_sys(&sys.path(), &dev("video92"), &says("usb-1")), "{serial:?}");
        }
    }

    #[test]
    fn another_make_or_node_is_another_camera() {
        let sys = Sys::new("identity-make");
        sys.plug_in("video90", "1-1", Some("A"));
        let ours = Identity::in_sys(&sys.path(), &dev("video90"), &says("usb-1"));
        let other_card = Capability { card: "Scanner".into(), ..says("usb-1") };
        assert!(!ours.is_in_sys(&sys.path(), &dev("video90"), &other_card));
        fs::write(sys.path().join("video90/index"), "1\n").unwrap();
        assert!(!ours.is_in_sys(&sys.path(), &dev("video90"), &says("usb-1")), "its node for something else");
    }

    #[test]
    fn without_sys_the_driver_alone_tells() {
        let nowhere = Path::new("/nowhere");
        let ours = Identity::in_sys(nowhere, &dev("video90"), &says("usb-1"));
        assert_eq!(ours.places_in_sys(nowhere, &dev("video90")), [dev("video90")]);
        assert!(ours.is_in_sys(nowhere, &dev("video90"), &says("usb-1")));
        assert!(!ours.is_in_sys(nowhere, &dev("video90"), &says("usb-2")));
    }
}
