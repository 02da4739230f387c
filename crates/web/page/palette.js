// One colour per class, the same as in pictures that Ocelli writes (crates/draw/src/palette.rs).
// @ts-check

/** @type {readonly (readonly [number, number, number])[]} */
const COLORS = [
  [255, 77, 79],
  [64, 150, 255],
  [82, 209, 100],
  [255, 169, 27],
  [170, 112, 255],
  [0, 196, 196],
  [255, 105, 180],
  [186, 218, 38],
  [92, 107, 242],
  [255, 122, 69],
  [32, 170, 130],
  [222, 92, 232],
  [250, 219, 20],
  [84, 196, 250],
  [214, 66, 110],
  [140, 190, 90],
  [150, 134, 214],
  [214, 148, 84],
  [120, 224, 180],
  [240, 150, 160],
];

/** @param {number} classId */
const rgbOf = (classId) => COLORS[Math.abs(Math.trunc(classId)) % COLORS.length];

/**
 * The colour of a class, as CSS says it.
 * @param {number} classId
 */
export function colorOf(classId) {
  return `rgb(${rgbOf(classId).join(" ")})`;
}

/**
 * Black or white, whichever can be read on a class's colour: the one whose contrast (W3C, WCAG 2.2) is larger.
 * @param {number} classId
 */
export function legibleOn(classId) {
  const linear = rgbOf(classId).map((code) => {
    const share = code / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.179 ? "#000" : "#fff";
}
