//! What holds of a scene with any options that are in range, at any frame.

use ocelli_capture::synthetic::{Scene, SceneOptions};
use ocelli_frame::Size;

/// An error with a hint, or a picture and a truth inside it; the same each time. The bytes are the options: sides,
/// objects, then seed, frame and rate of eight bytes each.
pub fn hold(bytes: &[u8]) {
    let Some((head, rest)) = bytes.split_first_chunk::<3>() else { return };
    let (numbers, _) = rest.as_chunks::<8>();
    let &[seed, sequence, fps, ..] = numbers else { return };
    let options = SceneOptions {
        size: Size { width: u32::from(head[0]) + 60, height: u32::from(head[1]) + 60 },
        fps: f64::from_be_bytes(fps),
        frames: None,
        objects: u32::from(head[2]) / 3,
        seed: u64::from_be_bytes(seed),
    };
    let sequence = u64::from_be_bytes(sequence);
    let scene = match Scene::new(options) {
        Ok(scene) => scene,
        Err(error) => return assert!(!error.hint().is_empty(), "{error}"),
    };
    let Size { width, height } = scene.options().size;
    let render = || {
        let mut picture = vec![0; scene.frame_bytes()];
        scene.render(sequence, &mut picture);
        picture
    };
    assert_eq!(render(), render());
    for object in scene.truth(sequence) {
        let b = object.box_in_source;
        assert!(0.0 <= b.x1 && b.x1 < b.x2 && b.x2 <= width as f32, "{b:?}");
        assert!(0.0 <= b.y1 && b.y1 < b.y2 && b.y2 <= height as f32, "{b:?}");
        assert!(object.visible > 0.0 && object.visible <= 1.0, "{}", object.visible);
        assert!((object.class_id as usize) < Scene::CLASS_NAMES.len());
    }
}
