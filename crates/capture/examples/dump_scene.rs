//! Writes pictures of synthetic scenes, and the truth about them, for training: the very renderer and the very
//! preprocess that the binary uses, so that a network is trained on what it will be given.
//!
//! `cargo run --release -p ocelli-capture --example dump_scene -- FOLDER COUNT FIRST_SEED WIDTHxHEIGHT [SCENE]`
//!
//! FOLDER gets `pixels.u8`, COUNT pictures of 3 x HEIGHT x WIDTH bytes, RGB, planar, letterboxed; and `objects.txt`,
//! one line an object: picture, class, the four edges of its box in those pictures' pixels, how much of it is visible.
//! Picture n is one moment of the scene of seed FIRST_SEED + n, whose size, number of things and moment follow from
//! its seed; with SCENE (such as `synthetic:?size=960x540&seed=7`) it is frame n of that scene.

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use ocelli_capture::SourceUri;
use ocelli_capture::synthetic::{Scene, SceneOptions};
use ocelli_frame::{
    BoxXyxy, ClockKind, ColorSpace, DataType, Frame, FrameInfo, InputFormat, PixelFormat, Pool, Size,
    TensorMut, Timestamp,
};
use ocelli_preprocess::{Isa, Preprocessor};

/// Kinds of scene. The first is the demo's, and the most frequent.
const SIZES: [[u32; 2]; 8] =
    [[960, 540], [960, 540], [960, 540], [1280, 720], [640, 360], [640, 480], [800, 500], [480, 480]];
/// Moments to choose from: an hour and a half.
const FRAMES: u64 = 160_000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folder, count, first_seed, size, only) = match arguments.as_slice() {
        [folder, count, seed, size] => (folder, count, seed, size, None),
        [folder, count, seed, size, scene] => (folder, count, seed, size, Some(scene)),
        _ => return Err("wanted: FOLDER COUNT FIRST_SEED WIDTHxHEIGHT [SCENE]".into()),
    };
    let (width, height) = size.split_once('x').ok_or("a size is WIDTHxHEIGHT")?;
    let size = Size { width: width.parse()?, height: height.parse()? };
    let format = InputFormat { data_type: DataType::U8, scale: 1.0, ..InputFormat::ultralytics(size) };
    let only = match only {
        Some(text) => match SourceUri::parse(text)? {
            SourceUri::Synthetic(options) => Some(options),
            _ => return Err(format!("{text} is no scene").into()),
        },
        None => None,
    };
    fs::create_dir_all(folder)?;
    let mut pixels = BufWriter::new(File::create(Path::new(folder).join("pixels.u8"))?);
    let mut objects = BufWriter::new(File::create(Path::new(folder).join("objects.txt"))?);
    let mut preprocessor = Preprocessor::new(format, Isa::detect());
    let mut tensor = vec![0; format.elements()];
    for picture in 0..count.parse::<u64>()? {
        let (options, sequence) = match &only {
            Some(options) => (options.clone(), picture),
            None => moment(first_seed.parse::<u64>()? + picture),
        };
        let scene = Scene::new(options)?;
        let letterbox = preprocessor.run(&frame(&scene, sequence), TensorMut::U8(&mut tensor))?;
        pixels.write_all(&tensor)?;
        for object in scene.truth(sequence) {
            let back = letterbox.source_from_model;
            let (x, y) = (|x: f32| x / back.scale + back.offset_x, |y: f32| y / back.scale + back.offset_y);
            let BoxXyxy { x1, y1, x2, y2 } = object.box_in_source;
            let edges = format!("{:.3} {:.3} {:.3} {:.3}", x(x1), y(y1), x(x2), y(y2));
            writeln!(objects, "{picture} {} {edges} {:.3}", object.class_id, object.visible)?;
        }
    }
    pixels.flush()?;
    Ok(objects.flush()?)
}

/// One moment of one scene, all of it from the seed.
fn moment(seed: u64) -> (SceneOptions, u64) {
    let mut mixed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut draw = |limit: u64| {
        mixed = (mixed ^ mixed >> 31).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed >> 33) % limit
    };
    let [width, height] = SIZES[draw(SIZES.len() as u64) as usize];
    let objects = 1 + draw(14) as u32;
    let size = Size { width, height };
    (SceneOptions { size, objects, seed, ..SceneOptions::default() }, draw(FRAMES))
}

fn frame(scene: &Scene, sequence: u64) -> Frame {
    let size = scene.options().size;
    let mut slot =
        Pool::host(1, scene.frame_bytes(), 0).and_then(|mut pool| pool.acquire()).expect("room for a frame");
    scene.render(sequence, slot.bytes_mut());
    let undated = Timestamp { ns: 0, clock: ClockKind::Read };
    let info = FrameInfo::packed(PixelFormat::I420, size, undated).with_color(ColorSpace::BT601_LIMITED);
    slot.publish(info).expect("a packed frame")
}
