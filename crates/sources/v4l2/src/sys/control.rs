//! `VIDIOC_QUERY_EXT_CTRL`, `VIDIOC_QUERYMENU`, `VIDIOC_G_CTRL` and `VIDIOC_S_CTRL`: what can be turned at a device.

use std::os::fd::BorrowedFd;

use super::request::{G_CTRL, QUERY_EXT_CTRL, QUERYMENU, S_CTRL, call};
use super::{Errno, text};

/// `V4L2_CTRL_FLAG_NEXT_CTRL`: the control after this one.
pub(super) const FLAG_NEXT: u32 = 0x8000_0000;
const FLAG_DISABLED: u32 = 0x1;
const FLAG_READ_ONLY: u32 = 0x4;
const FLAG_INACTIVE: u32 = 0x10;
const FLAG_WRITE_ONLY: u32 = 0x40;

/// `enum v4l2_ctrl_type`, as far as values are numbers of 32 bits.
const TYPE_INTEGER: u32 = 1;
const TYPE_BOOLEAN: u32 = 2;
const TYPE_MENU: u32 = 3;
const TYPE_BUTTON: u32 = 4;
const TYPE_BITMASK: u32 = 8;
const TYPE_INTEGER_MENU: u32 = 9;

/// `struct v4l2_query_ext_ctrl`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(super) struct RawControl {
    pub id: u32,
    pub kind: u32,
    pub name: [u8; 32],
    pub minimum: i64,
    pub maximum: i64,
    pub step: u64,
    pub default_value: i64,
    pub flags: u32,
    pub elem_size: u32,
    pub elems: u32,
    pub nr_of_dims: u32,
    pub dims: [u32; 4],
    pub reserved: [u32; 32],
}

/// `struct v4l2_querymenu`, which C packs. Where the name stands there may be a number instead.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(super) struct RawMenu {
    pub id: u32,
    pub index: u32,
    pub name: [u8; 32],
    pub reserved: u32,
}

/// `struct v4l2_control`.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub(super) struct RawValue {
    pub id: u32,
    pub value: i32,
}

/// What a control's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ControlType {
    Integer,
    Boolean,
    /// One of names.
    Menu,
    /// One of numbers.
    IntegerMenu,
    /// None: something happens when it is set.
    Button,
    Bitmask,
}

/// A control of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Control {
    pub id: u32,
    /// For people.
    pub title: String,
    /// `None` where its values are not numbers of 32 bits.
    pub kind: Option<ControlType>,
    pub min: i64,
    pub max: i64,
    pub step: u64,
    pub default: i64,
    pub is_readable: bool,
    pub is_writable: bool,
    /// Another control has to be set first.
    pub is_inactive: bool,
}

/// The control after the one with this id; `None` behind the last. Ask with 0 for the first.
pub(crate) fn next_control(device: BorrowedFd<'_>, after: u32) -> Result<Option<Control>, Errno> {
    let mut raw = RawControl {
        id: after | FLAG_NEXT,
        kind: 0,
        name: [0; 32],
        minimum: 0,
        maximum: 0,
        step: 0,
        default_value: 0,
        flags: 0,
        elem_size: 0,
        elems: 0,
        nr_of_dims: 0,
        dims: [0; 4],
        reserved: [0; 32],
    };
    match call(device, &QUERY_EXT_CTRL, &mut raw) {
        Err(Errno::INVAL | Errno::NOTTY) => return Ok(None),
        answer => answer?,
    }
    let kind = match raw.kind {
        _ if raw.flags & FLAG_DISABLED != 0 || raw.nr_of_dims > 0 => None,
        TYPE_INTEGER => Some(ControlType::Integer),
        TYPE_BOOLEAN => Some(ControlType::Boolean),
        TYPE_MENU => Some(ControlType::Menu),
        TYPE_INTEGER_MENU => Some(ControlType::IntegerMenu),
        TYPE_BUTTON => Some(ControlType::Button),
        TYPE_BITMASK => Some(ControlType::Bitmask),
        _ => None,
    };
    Ok(Some(Control {
        id: raw.id,
        title: text(&raw.name),
        kind,
        min: raw.minimum,
        max: raw.maximum,
        step: raw.step,
        default: raw.default_value,
        is_readable: raw.flags & FLAG_WRITE_ONLY == 0,
        is_writable: raw.flags & FLAG_READ_ONLY == 0,
        is_inactive: raw.flags & FLAG_INACTIVE != 0,
    }))
}

/// What this value of a menu stands for; `None` where it stands for nothing.
pub(crate) fn menu_entry(
    device: BorrowedFd<'_>,
    control: &Control,
    index: u32,
) -> Result<Option<String>, Errno> {
    let mut raw = RawMenu { id: control.id, index, name: [0; 32], reserved: 0 };
    match call(device, &QUERYMENU, &mut raw) {
        Err(Errno::INVAL) => return Ok(None),
        answer => answer?,
    }
    Ok(Some(match control.kind {
        Some(ControlType::IntegerMenu) => {
            let (number, _) = raw.name.split_first_chunk().expect("32 bytes have 8");
            i64::from_ne_bytes(*number).to_string()
        }
        _ => text(&raw.name),
    }))
}

/// The value of the control with this id.
pub(crate) fn g_ctrl(device: BorrowedFd<'_>, id: u32) -> Result<i32, Errno> {
    let mut raw = RawValue { id, value: 0 };
    call(device, &G_CTRL, &mut raw)?;
    Ok(raw.value)
}

/// Sets it, to what the driver takes this value for; answers that.
pub(crate) fn s_ctrl(device: BorrowedFd<'_>, id: u32, value: i32) -> Result<i32, Errno> {
    let mut raw = RawValue { id, value };
    call(device, &S_CTRL, &mut raw)?;
    Ok(raw.value)
}
