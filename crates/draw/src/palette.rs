//! One colour per class: twenty that differ in hue and in lightness, none so dark or so pale that it is lost in footage.

use crate::color::Rgb;

/// Neighbours in the list are far apart on the wheel: classes with neighbouring ids are often seen together.
const COLORS: [Rgb; 20] = [
    Rgb(255, 77, 79),
    Rgb(64, 150, 255),
    Rgb(82, 209, 100),
    Rgb(255, 169, 27),
    Rgb(170, 112, 255),
    Rgb(0, 196, 196),
    Rgb(255, 105, 180),
    Rgb(186, 218, 38),
    Rgb(92, 107, 242),
    Rgb(255, 122, 69),
    Rgb(32, 170, 130),
    Rgb(222, 92, 232),
    Rgb(250, 219, 20),
    Rgb(84, 196, 250),
    Rgb(214, 66, 110),
    Rgb(140, 190, 90),
    Rgb(150, 134, 214),
    Rgb(214, 148, 84),
    Rgb(120, 224, 180),
    Rgb(240, 150, 160),
];

/// The colour of a class, the same in every run.
pub(crate) fn color_of(class_id: u32) -> Rgb {
    COLORS[class_id as usize % COLORS.len()]
}
