// What was found, drawn over its picture: one function for each kind of finding, all listed in `paintOverlay`.
// Colours and order are those of pictures that Ocelli writes (crates/draw).
// @ts-check

import { colorOf, legibleOn } from "./palette.js";

/**
 * Where the picture lies on the canvas, and how large things are drawn there, all in canvas pixels.
 * @typedef {object} Place
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 * @property {number} line  the width of a box's lines
 * @property {number} text  the height of a label's text; 0 where there is no room for any
 */

/**
 * A detection that was drawn, with its box as it lies on the canvas.
 * @typedef {import("./wire.js").Detection & {box_on_canvas: [number, number, number, number]}} Drawn
 */

const FONT = 'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif';

/**
 * Draws a result over its picture and says what was drawn.
 * @param {CanvasRenderingContext2D} context
 * @param {Place} place
 * @param {import("./wire.js").Result} result
 * @param {number} threshold  what is less certain than this is left out
 * @returns {Drawn[]}
 */
export function paintOverlay(context, place, result, threshold) {
  context.save();
  context.beginPath();
  context.rect(place.x, place.y, place.width, place.height);
  context.clip();
  const drawn = paintBoxes(context, place, result, threshold);
  paintClassification(context, place, result, threshold);
  context.restore();
  return drawn;
}

/**
 * Boxes from the least certain to the most, then their labels, so that no line crosses a label.
 * @type {(context: CanvasRenderingContext2D, place: Place, result: import("./wire.js").Result, threshold: number) => Drawn[]}
 */
function paintBoxes(context, place, result, threshold) {
  const scale = { x: place.width / result.size[0], y: place.height / result.size[1] };
  const found = (result.detections ?? []).filter(({ confidence }) => confidence >= threshold);
  const drawn = found.map((detection) => {
    const [x1, y1, x2, y2] = detection.box;
    const [left, top] = [Math.round(place.x + x1 * scale.x), Math.round(place.y + y1 * scale.y)];
    const [right, bottom] = [Math.round(place.x + x2 * scale.x), Math.round(place.y + y2 * scale.y)];
    return { ...detection, box_on_canvas: /** @type {Drawn["box_on_canvas"]} */ ([left, top, right, bottom]) };
  });
  for (const { class_id, box_on_canvas } of drawn.toReversed()) outline(context, box_on_canvas, place.line, class_id);
  if (place.text === 0) return drawn;
  for (const { class_id, class: name, confidence, box_on_canvas } of drawn.toReversed()) {
    const [left, top] = box_on_canvas;
    label(context, place, [left, top], `${name} ${confidence.toFixed(2)}`, class_id);
  }
  return drawn;
}

/**
 * Four sides inside the box, each of whole pixels, on a dark rim that keeps them visible in snow.
 * @type {(context: CanvasRenderingContext2D, box: Drawn["box_on_canvas"], line: number, classId: number) => void}
 */
function outline(context, [left, top, right, bottom], line, classId) {
  const rim = Math.max(1, Math.round(line / 2));
  const [width, height] = [right - left, bottom - top];
  const stroke = Math.min(line, Math.ceil(width / 2), Math.ceil(height / 2));
  context.lineJoin = "miter";
  context.strokeStyle = "rgb(0 0 0 / 0.35)";
  context.lineWidth = rim;
  context.strokeRect(left - rim / 2, top - rim / 2, width + rim, height + rim);
  context.fillStyle = colorOf(classId);
  context.fillRect(left, top, width, stroke);
  context.fillRect(left, bottom - stroke, width, stroke);
  context.fillRect(left, top, stroke, height);
  context.fillRect(right - stroke, top, stroke, height);
}

/**
 * A filled label above a point, or below it where the picture ends.
 * @type {(context: CanvasRenderingContext2D, place: Place, at: [number, number], words: string, classId: number) => void}
 */
function label(context, place, [left, top], words, classId) {
  const height = Math.round(place.text * 1.45);
  const padding = Math.round(place.text * 0.4);
  context.font = `600 ${place.text}px ${FONT}`;
  const width = Math.ceil(context.measureText(words).width) + 2 * padding;
  const x = Math.max(place.x, Math.min(left, place.x + place.width - width));
  const y = top - height >= place.y ? top - height : top;
  context.fillStyle = colorOf(classId);
  context.fillRect(x, y, width, height);
  context.fillStyle = legibleOn(classId);
  context.textBaseline = "middle";
  context.fillText(words, x + padding, y + height / 2 + place.text * 0.04);
}

/**
 * The best class scores, one under the other at the top left.
 * @type {(context: CanvasRenderingContext2D, place: Place, result: import("./wire.js").Result, threshold: number) => void}
 */
function paintClassification(context, place, result, threshold) {
  if (place.text === 0) return;
  const scores = (result.classification ?? []).filter(({ confidence }) => confidence >= threshold).slice(0, 5);
  scores.forEach(({ class_id, class: name, confidence }, row) => {
    const below = place.y + place.text + Math.round(row * place.text * 1.6) + Math.round(place.text * 1.45);
    label(context, place, [place.x + place.text, below], `${name} ${confidence.toFixed(2)}`, class_id);
  });
}
