//! Every layout and number of ours against the kernel's header, by a C program.

use std::fmt::Write;
use std::mem::offset_of;
use std::path::Path;
use std::process::Command;

use ocelli_testkit::{TestFolder, program};

use super::buffer::{DQBUF, PLANES_MAX, QBUF, QUERYBUF, RawBuffer, RawPlane};
use super::control::{FLAG_NEXT, RawControl, RawMenu, RawValue};
use super::dv_timings::RawTimings;
use super::enum_fmt::RawFormatDescription;
use super::enum_frameintervals::RawInterval;
use super::enum_framesizes::RawSize;
use super::event::{EVENT_SOURCE_CHANGE, RawEvent, RawSubscription};
use super::expbuf::RawExport;
use super::fmt::{RawFormat, pix, pix_mp};
use super::four_cc::FourCc;
use super::parm::{Fraction, RawParameters};
use super::querycap::RawCapability;
use super::reqbufs::{RawRequest, SUPPORTS_USERPTR};
use super::{MemoryType, request};

/// Expressions of C, and what we take each for.
#[derive(Default)]
struct Table(Vec<(String, u64)>);

impl Table {
    fn add(&mut self, expression: &str, ours: u64) {
        self.0.push((expression.to_owned(), ours));
    }
}

/// A structure's size, and where its fields stand: `{ C field = our field }`.
macro_rules! layout {
    ($table:ident, $c:literal, $ours:ty { $($c_field:literal = $field:ident),* $(,)? }) => {
        $table.add(concat!("sizeof(struct ", $c, ")"), size_of::<$ours>() as u64);
        $($table.add(concat!("offsetof(struct ", $c, ", ", $c_field, ")"), offset_of!($ours, $field) as u64);)*
    };
}

fn structures(table: &mut Table) {
    layout!(table, "v4l2_capability", RawCapability {
        "driver" = driver, "card" = card, "bus_info" = bus_info, "version" = version,
        "capabilities" = capabilities, "device_caps" = device_caps, "reserved" = reserved,
    });
    layout!(table, "v4l2_fmtdesc", RawFormatDescription {
        "index" = index, "type" = kind, "flags" = flags, "description" = description,
        "pixelformat" = pixelformat, "mbus_code" = mbus_code, "reserved" = reserved,
    });
    layout!(table, "v4l2_frmsizeenum", RawSize {
        "index" = index, "pixel_format" = pixel_format, "type" = kind, "discrete" = numbers, "reserved" = reserved,
    });
    layout!(table, "v4l2_frmivalenum", RawInterval {
        "index" = index, "pixel_format" = pixel_format, "width" = width, "height" = height, "type" = kind,
        "discrete" = fractions, "reserved" = reserved,
    });
    layout!(table, "v4l2_fract", Fraction { "numerator" = numerator, "denominator" = denominator });
    layout!(table, "v4l2_format", RawFormat { "type" = kind, "fmt" = numbers });
    layout!(table, "v4l2_streamparm", RawParameters {
        "type" = kind, "parm.capture.capability" = capability, "parm.capture.capturemode" = capturemode,
        "parm.capture.timeperframe" = timeperframe,
    });
    layout!(table, "v4l2_requestbuffers", RawRequest {
        "count" = count, "type" = kind, "memory" = memory, "capabilities" = capabilities, "flags" = flags,
    });
    layout!(table, "v4l2_buffer", RawBuffer {
        "index" = index, "type" = kind, "bytesused" = bytesused, "flags" = flags, "field" = field,
        "timestamp" = timestamp, "timecode" = timecode, "sequence" = sequence, "memory" = memory, "m" = m,
        "length" = length, "reserved2" = reserved2, "request_fd" = request_fd,
    });
    layout!(table, "v4l2_plane", RawPlane {
        "bytesused" = bytesused, "length" = length, "m" = m, "data_offset" = data_offset, "reserved" = reserved,
    });
    layout!(table, "v4l2_query_ext_ctrl", RawControl {
        "id" = id, "type" = kind, "name" = name, "minimum" = minimum, "maximum" = maximum, "step" = step,
        "default_value" = default_value, "flags" = flags, "elem_size" = elem_size, "elems" = elems,
        "nr_of_dims" = nr_of_dims, "dims" = dims, "reserved" = reserved,
    });
    layout!(table, "v4l2_querymenu", RawMenu {
        "id" = id, "index" = index, "name" = name, "value" = name, "reserved" = reserved,
    });
    layout!(table, "v4l2_exportbuffer", RawExport {
        "type" = kind, "index" = index, "plane" = plane, "flags" = flags, "fd" = fd, "reserved" = reserved,
    });
    layout!(table, "v4l2_control", RawValue { "id" = id, "value" = value });
    layout!(table, "v4l2_event_subscription", RawSubscription {
        "type" = kind, "id" = id, "flags" = flags, "reserved" = reserved,
    });
    layout!(table, "v4l2_event", RawEvent {
        "type" = kind, "u" = u, "u.src_change.changes" = u, "pending" = pending, "sequence" = sequence,
        "timestamp" = timestamp, "id" = id, "reserved" = reserved,
    });
    layout!(table, "v4l2_dv_timings", RawTimings { "type" = kind, "bt" = numbers });
}

/// The stepwise halves of unions, and the two structures that share the bytes of `struct v4l2_format`.
fn places_in_unions(table: &mut Table) {
    for field in ["offset", "userptr", "planes"] {
        table.add(&format!("offsetof(struct v4l2_buffer, m.{field})"), offset_of!(RawBuffer, m) as u64);
    }
    for field in ["mem_offset", "userptr"] {
        table.add(&format!("offsetof(struct v4l2_plane, m.{field})"), offset_of!(RawPlane, m) as u64);
    }
    table.add("sizeof(((struct v4l2_plane *)0)->m.userptr)", size_of::<u64>() as u64);
    let numbers = offset_of!(RawSize, numbers);
    for (place, field) in
        ["min_width", "max_width", "step_width", "min_height", "max_height", "step_height"].iter().enumerate()
    {
        table.add(
            &format!("offsetof(struct v4l2_frmsizeenum, stepwise.{field})"),
            (numbers + 4 * place) as u64,
        );
    }
    let fractions = offset_of!(RawInterval, fractions);
    for (place, field) in ["min", "max", "step"].iter().enumerate() {
        let ours = fractions + place * size_of::<Fraction>();
        table.add(&format!("offsetof(struct v4l2_frmivalenum, stepwise.{field})"), ours as u64);
    }
    let start = offset_of!(RawFormat, numbers);
    for (field, place) in [
        ("width", pix::WIDTH),
        ("height", pix::HEIGHT),
        ("pixelformat", pix::PIXELFORMAT),
        ("field", pix::FIELD),
        ("bytesperline", pix::BYTESPERLINE),
        ("sizeimage", pix::SIZEIMAGE),
        ("colorspace", pix::COLORSPACE),
        ("ycbcr_enc", pix::YCBCR_ENC),
        ("quantization", pix::QUANTIZATION),
    ] {
        table.add(&format!("offsetof(struct v4l2_format, fmt.pix.{field})"), (start + 4 * place) as u64);
    }
    for (field, bytes) in [
        ("width", 4 * pix::WIDTH),
        ("height", 4 * pix::HEIGHT),
        ("pixelformat", 4 * pix::PIXELFORMAT),
        ("field", 4 * pix::FIELD),
        ("colorspace", 4 * pix_mp::COLORSPACE),
        ("plane_fmt", 4 * pix_mp::PLANE_FMT),
        ("plane_fmt[1]", 4 * (pix_mp::PLANE_FMT + pix_mp::PLANE_FMT_SIZE)),
        ("plane_fmt[0].sizeimage", 4 * pix_mp::PLANE_FMT),
        ("plane_fmt[0].bytesperline", 4 * (pix_mp::PLANE_FMT + 1)),
        ("num_planes", pix_mp::NUM_PLANES_BYTE),
        ("ycbcr_enc", pix_mp::YCBCR_ENC_BYTE),
        ("quantization", pix_mp::QUANTIZATION_BYTE),
    ] {
        table.add(&format!("offsetof(struct v4l2_format, fmt.pix_mp.{field})"), (start + bytes) as u64);
    }
}

fn numbers(table: &mut Table) {
    for (name, opcode) in [
        ("QUERYCAP", request::QUERYCAP.opcode()),
        ("ENUM_FMT", request::ENUM_FMT.opcode()),
        ("G_FMT", request::G_FMT.opcode()),
        ("S_FMT", request::S_FMT.opcode()),
        ("REQBUFS", request::REQBUFS.opcode()),
        ("QUERYBUF", QUERYBUF),
        ("QBUF", QBUF),
        ("DQBUF", DQBUF),
        ("STREAMON", request::STREAMON.opcode()),
        ("STREAMOFF", request::STREAMOFF.opcode()),
        ("G_PARM", request::G_PARM.opcode()),
        ("S_PARM", request::S_PARM.opcode()),
        ("ENUM_FRAMESIZES", request::ENUM_FRAMESIZES.opcode()),
        ("ENUM_FRAMEINTERVALS", request::ENUM_FRAMEINTERVALS.opcode()),
        ("EXPBUF", request::EXPBUF.opcode()),
        ("G_CTRL", request::G_CTRL.opcode()),
        ("S_CTRL", request::S_CTRL.opcode()),
        ("QUERYMENU", request::QUERYMENU.opcode()),
        ("QUERY_EXT_CTRL", request::QUERY_EXT_CTRL.opcode()),
        ("G_INPUT", request::G_INPUT.opcode()),
        ("S_DV_TIMINGS", request::S_DV_TIMINGS.opcode()),
        ("DQEVENT", request::DQEVENT.opcode()),
        ("SUBSCRIBE_EVENT", request::SUBSCRIBE_EVENT.opcode()),
        ("QUERY_DV_TIMINGS", request::QUERY_DV_TIMINGS.opcode()),
    ] {
        table.add(&format!("VIDIOC_{name}"), u64::from(opcode));
    }
    table.add("VIDEO_MAX_PLANES", PLANES_MAX as u64);
    table.add("V4L2_MEMORY_MMAP", MemoryType::Mmap as u64);
    table.add("V4L2_MEMORY_USERPTR", MemoryType::UserPtr as u64);
    table.add("V4L2_BUF_CAP_SUPPORTS_USERPTR", u64::from(SUPPORTS_USERPTR));
    table.add("V4L2_CTRL_FLAG_NEXT_CTRL", u64::from(FLAG_NEXT));
    table.add("V4L2_EVENT_SOURCE_CHANGE", u64::from(EVENT_SOURCE_CHANGE));
    for (name, four_cc) in [
        ("YUYV", FourCc::YUYV),
        ("UYVY", FourCc::UYVY),
        ("YUV24", FourCc::YUV3),
        ("MJPEG", FourCc::MJPG),
        ("JPEG", FourCc::JPEG),
        ("NV12", FourCc::NV12),
        ("NV12M", FourCc::NM12),
        ("YUV420", FourCc::YU12),
        ("YUV420M", FourCc::YM12),
        ("RGB24", FourCc::RGB3),
        ("BGR24", FourCc::BGR3),
        ("GREY", FourCc::GREY),
    ] {
        table.add(&format!("V4L2_PIX_FMT_{name}"), u64::from(four_cc.0));
    }
}

#[test]
fn every_layout_and_number_is_the_kernels() {
    let Some(cc) = program("cc") else { return };
    let mut table = Table::default();
    structures(&mut table);
    places_in_unions(&mut table);
    numbers(&mut table);

    let folder = TestFolder::new("v4l2-layout");
    if !has_header(&cc, &folder) {
        return;
    }
    let mut source = "#include <stddef.h>\n#include <stdio.h>\n#include <linux/videodev2.h>\n".to_owned();
    source.push_str("int main(void) {\n");
    for (expression, _) in &table.0 {
        writeln!(source, "    printf(\"%llu\\n\", (unsigned long long)({expression}));").unwrap();
    }
    source.push_str("    return 0;\n}\n");
    let theirs = run_c(&cc, folder.path(), &source);
    assert_eq!(theirs.len(), table.0.len());
    let differing: Vec<_> =
        table.0.iter().zip(&theirs).filter(|((_, ours), theirs)| ours != *theirs).collect();
    assert!(differing.is_empty(), "(ours), theirs: {differing:#?}");
}

/// Whether the kernel's header is here; it comes with the C library, but not in every container.
fn has_header(cc: &Path, folder: &TestFolder) -> bool {
    let source = folder.join("header.c");
    std::fs::write(&source, "#include <linux/videodev2.h>\n").unwrap();
    let found = Command::new(cc).arg("-fsyntax-only").arg(source).output().unwrap().status.success();
    let is_required = std::env::var_os("OCELLI_REQUIRE_CC").is_some_and(|value| value == "1");
    assert!(
        found || !is_required,
        "cc finds no linux/videodev2.h, and OCELLI_REQUIRE_CC=1: install linux-libc-dev"
    );
    if !found {
        eprintln!("skipped: linux/videodev2.h not found");
    }
    found
}

/// Compiles and runs it; the numbers that it prints.
fn run_c(cc: &Path, folder: &Path, source: &str) -> Vec<u64> {
    std::fs::write(folder.join("layout.c"), source).unwrap();
    let binary = folder.join("layout");
    let status = Command::new(cc).arg("-o").arg(&binary).arg(folder.join("layout.c")).status().unwrap();
    assert!(status.success(), "cc does not take it");
    let output = Command::new(&binary).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().lines().map(|line| line.parse().unwrap()).collect()
}
