//! The tensor against an independent real-valued reference: f64 all the way, one pixel at a time, nothing shared with
//! the crate but the letterbox.

use ocelli_frame::{
    ChannelOrder, ColorMatrix, ColorRange, ColorSpace, DataType, Frame, InputFormat, Letterbox, Padding,
    PixelFormat, Pool, Size, TensorLayout, TensorMut,
};
use ocelli_preprocess::{Isa, Preprocessor};
use ocelli_testkit::noise_frame;
use proptest::prelude::*;

/// How far a code may lie from the exact value: half a code of rounding, 0.06 of colour, 0.03 of two blends.
const CODE_ERROR_MAX: f64 = 0.6;

/// R, G, B of a source pixel, 0.0..=255.0.
fn exact_pixel(frame: &Frame, x: usize, y: usize) -> [f64; 3] {
    let byte = |plane: usize, row: usize, column: usize| f64::from(frame.plane(plane).row(row)[column]);
    let [luma, cb, cr] = match frame.info().format {
        PixelFormat::Rgb24 => return [0, 1, 2].map(|channel| byte(0, y, 3 * x + channel)),
        PixelFormat::Bgr24 => return [2, 1, 0].map(|channel| byte(0, y, 3 * x + channel)),
        PixelFormat::Grey => return [byte(0, y, x); 3],
        PixelFormat::I420 => [byte(0, y, x), byte(1, y / 2, x / 2), byte(2, y / 2, x / 2)],
        PixelFormat::Nv12 => [byte(0, y, x), byte(1, y / 2, x / 2 * 2), byte(1, y / 2, x / 2 * 2 + 1)],
        PixelFormat::Yuyv => [byte(0, y, 2 * x), byte(0, y, x / 2 * 4 + 1), byte(0, y, x / 2 * 4 + 3)],
        PixelFormat::Uyvy => [byte(0, y, 2 * x + 1), byte(0, y, x / 2 * 4), byte(0, y, x / 2 * 4 + 2)],
        PixelFormat::Yuv24 => [0, 1, 2].map(|channel| byte(0, y, 3 * x + channel)),
        other => panic!("no reference for {other}"),
    };
    let (kr, kb) = match frame.info().color.matrix {
        ColorMatrix::Bt601 => (0.299, 0.114),
        ColorMatrix::Bt709 => (0.2126, 0.0722),
    };
    let (luma, chroma_span) = match frame.info().color.range {
        ColorRange::Limited => ((luma - 16.0).max(0.0) / 219.0, 224.0),
        ColorRange::Full => (luma / 255.0, 255.0),
    };
    let (cb, cr) = ((cb - 128.0) / chroma_span, (cr - 128.0) / chroma_span);
    let (red, blue) = (luma + 2.0 * (1.0 - kr) * cr, luma + 2.0 * (1.0 - kb) * cb);
    let green = (luma - kr * red - kb * blue) / (1.0 - kr - kb);
    [red, green, blue].map(|value| (255.0 * value).clamp(0.0, 255.0))
}

/// R, G, B of a pixel of the content.
fn exact_resized(frame: &Frame, content: Size, x: u32, y: u32) -> [f64; 3] {
    let axis = |target: u32, source: u32, content: u32| {
        let at = (f64::from(target) + 0.5) * f64::from(source) / f64::from(content) - 0.5;
        let at = at.clamp(0.0, f64::from(source - 1));
        (at as usize, (at as usize + 1).min(source as usize - 1), at.fract())
    };
    let size = frame.info().size;
    let (x0, x1, wx) = axis(x, size.width, content.width);
    let (y0, y1, wy) = axis(y, size.height, content.height);
    let pixels = [(x0, y0), (x1, y0), (x0, y1), (x1, y1)].map(|(x, y)| exact_pixel(frame, x, y));
    [0, 1, 2].map(|channel| {
        let [a, b, c, d] = pixels.map(|pixel| pixel[channel]);
        (a + (b - a) * wx) * (1.0 - wy) + (c + (d - c) * wx) * wy
    })
}

/// Red, green and blue codes of a tensor's pixel, whatever its layout, order and normalisation.
fn codes_at(tensor: &[f64], input: &InputFormat, x: u32, y: u32) -> [f64; 3] {
    let (width, height) = (input.size.width as usize, input.size.height as usize);
    let pixel = y as usize * width + x as usize;
    let codes = [0, 1, 2].map(|channel| {
        let element = match input.layout {
            TensorLayout::Nchw => tensor[channel * width * height + pixel],
            TensorLayout::Nhwc => tensor[3 * pixel + channel],
        };
        match input.data_type {
            DataType::U8 => element,
            _ => {
                (element * f64::from(input.std[channel]) + f64::from(input.mean[channel]))
                    / f64::from(input.scale)
            }
        }
    });
    if input.channels == ChannelOrder::Rgb { codes } else { [codes[2], codes[1], codes[0]] }
}

fn assert_near_reference(frame: &Frame, input: InputFormat, isa: Isa) {
    let mut preprocessor = Preprocessor::new(input, isa);
    let elements = input.elements();
    let (letterbox, tensor) = if input.data_type == DataType::F32 {
        let mut tensor = vec![f32::NAN; elements];
        let letterbox = preprocessor.run(frame, TensorMut::F32(&mut tensor)).expect("a good frame");
        (letterbox, tensor.into_iter().map(f64::from).collect::<Vec<_>>())
    } else {
        let mut tensor = vec![0xEE; elements];
        let letterbox = preprocessor.run(frame, TensorMut::U8(&mut tensor)).expect("a good frame");
        (letterbox, tensor.into_iter().map(f64::from).collect())
    };
    assert_eq!(letterbox, Letterbox::new(frame.info().size, input.size, input.padding));
    let content = letterbox.content;
    for y in 0..input.size.height {
        for x in 0..input.size.width {
            let (inner_x, inner_y) = (x.wrapping_sub(content.x), y.wrapping_sub(content.y));
            let is_content = inner_x < content.size.width && inner_y < content.size.height;
            let (exact, error_max) = if is_content {
                (exact_resized(frame, content.size, inner_x, inner_y), CODE_ERROR_MAX)
            } else {
                ([f64::from(input.pad_value); 3], 1e-3)
            };
            let codes = codes_at(&tensor, &input, x, y);
            for channel in 0..3 {
                let (exact, code) = (exact[channel], codes[channel]);
                assert!(
                    (exact - code).abs() <= error_max,
                    "{isa} {frame:?} at {x},{y} channel {channel}: {code} for {exact}"
                );
                assert!((code - code.round()).abs() < 1e-3, "{code} at {x},{y} is no whole code");
            }
        }
    }
}

fn input_formats() -> impl Strategy<Value = InputFormat> {
    let size = (1..90u32, 1..70u32).prop_map(|(width, height)| Size { width, height });
    (size, any::<[bool; 5]>(), any::<u8>()).prop_map(
        |(size, [nhwc, bytes, bgr, corner, normal], pad_value)| InputFormat {
            size,
            layout: if nhwc { TensorLayout::Nhwc } else { TensorLayout::Nchw },
            data_type: if bytes { DataType::U8 } else { DataType::F32 },
            channels: if bgr { ChannelOrder::Bgr } else { ChannelOrder::Rgb },
            scale: if normal { 1.0 / 255.0 } else { 1.0 },
            mean: if normal { [0.485, 0.456, 0.406] } else { [0.0; 3] },
            std: if normal { [0.229, 0.224, 0.225] } else { [1.0; 3] },
            padding: if corner { Padding::TopLeft } else { Padding::Centred },
            pad_value,
        },
    )
}

/// The same bytes, meaning other colours.
fn with_color(frame: &Frame, color: ColorSpace) -> Frame {
    let info = frame.info().clone().with_color(color);
    let planes = info.format.planes();
    let bytes = info.planes[planes - 1].offset + frame.plane(planes - 1).bytes.len();
    let mut pool = Pool::host(1, bytes, 0).expect("a small pool");
    let mut filling = pool.acquire().expect("a fresh pool has a free slot");
    for plane in 0..planes {
        let from = frame.plane(plane).bytes;
        filling.bytes_mut()[info.planes[plane].offset..][..from.len()].copy_from_slice(from);
    }
    filling.publish(info).expect("the same layout")
}

fn colors() -> impl Strategy<Value = ColorSpace> {
    any::<(bool, bool)>().prop_map(|(hd, full)| ColorSpace {
        matrix: if hd { ColorMatrix::Bt709 } else { ColorMatrix::Bt601 },
        range: if full { ColorRange::Full } else { ColorRange::Limited },
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_instruction_set_is_near_the_reference(
        input in input_formats(),
        source in (1..200u32, 1..120u32),
        format in prop::sample::select(PixelFormat::ALL.as_slice()),
        color in colors(),
        stride_extra_bytes in 0..40usize,
        seed in any::<u64>(),
    ) {
        let size = Size { width: source.0, height: source.1 };
        let frame = with_color(&noise_frame(format, size, stride_extra_bytes, seed), color);
        for isa in Isa::available() {
            assert_near_reference(&frame, input, isa);
        }
    }
}
