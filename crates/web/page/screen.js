// One canvas that shows pictures with what was found in them. Picture and overlay are painted in one go, from one
// pair, so that what is seen together belongs together. The newest pair wins: none waits for another to be decoded.
// @ts-check

import { paintOverlay } from "./overlay.js";

/**
 * What the canvas shows at this moment.
 * @typedef {object} Shown
 * @property {number} seq
 * @property {boolean} has_result         the result of this very frame is here, though it may have found nothing
 * @property {import("./overlay.js").Drawn[]} boxes  those that are drawn
 * @property {[number, number]} size      of the picture, in pixels of the source where a result says them
 * @property {[number, number, number, number]} picture_on_canvas  x, y, width, height in canvas pixels
 */

/** Canvas pixels that the page will ever paint a side. */
const SIDE_MAX = 4096;
/** Pictures have labels from this width on, in CSS pixels. */
const LABELS_FROM = 220;

export class Screen {
  /** @type {Shown | null} */
  shown = null;
  /** @type {import("./store.js").Pair | null} */
  #wanted = null;
  /** @type {import("./store.js").Pair | null} */
  #pair = null;
  /** @type {ImageBitmap | null} */
  #bitmap = null;
  #isDecoding = false;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {() => {overlay: boolean, threshold: number, paused: boolean}} settings
   */
  constructor(canvas, settings) {
    this.canvas = canvas;
    this.settings = settings;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: true }));
    new ResizeObserver(() => this.#fit()).observe(canvas);
  }

  /**
   * Shows a pair as soon as its picture is decoded, unless a newer one comes first.
   * @param {import("./store.js").Pair} pair
   */
  async show(pair) {
    this.#wanted = pair;
    if (this.#isDecoding) return;
    this.#isDecoding = true;
    while (this.#wanted) {
      const next = this.#wanted;
      this.#wanted = null;
      const isShown = next.picture === this.#pair?.picture;
      const bitmap = isShown ? this.#bitmap : await decode(next.picture.jpeg);
      // It may have been frozen meanwhile.
      const isLate = !isShown && this.#pair !== null && this.settings().paused;
      if (isLate) bitmap?.close();
      if (bitmap === null || isLate) continue;
      if (!isShown) this.#bitmap?.close();
      this.#bitmap = bitmap;
      this.#pair = this.#resultFor(next);
      this.paint();
    }
    this.#isDecoding = false;
  }

  /** Its result may have come while the picture was decoded. */
  #resultFor(/** @type {import("./store.js").Pair} */ pair) {
    return this.#wanted?.picture === pair.picture ? this.#wanted : pair;
  }

  /** The pair that is shown. */
  get pair() {
    return this.#pair;
  }

  /** Nothing to show any more. */
  clear() {
    this.#wanted = this.#pair = this.shown = null;
    this.#bitmap?.close();
    this.#bitmap = null;
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  /** Paints what is there, again: another threshold, another size. */
  paint() {
    if (!this.#bitmap || !this.#pair) return;
    const { width, height } = this.canvas;
    const scale = Math.min(width / this.#bitmap.width, height / this.#bitmap.height);
    const [w, h] = [Math.round(this.#bitmap.width * scale), Math.round(this.#bitmap.height * scale)];
    const place = { x: (width - w) >> 1, y: (height - h) >> 1, width: w, height: h };
    if (w < width || h < height) this.context.clearRect(0, 0, width, height);
    this.shown = this.#paintAt(this.context, place, devicePixelRatio, Math.min(w, h * 1.8) / devicePixelRatio);
  }

  /** The same picture in its own size, on a canvas of its own. */
  still() {
    if (!this.#bitmap || !this.#pair) return null;
    const { width, height } = this.#bitmap;
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    this.#paintAt(context, { x: 0, y: 0, width, height }, 1, width);
    return canvas;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {{x: number, y: number, width: number, height: number}} place
   * @param {number} density  canvas pixels to a CSS pixel
   * @param {number} side     how large the picture is to the eye, in CSS pixels
   * @returns {Shown}
   */
  #paintAt(context, place, density, side) {
    const { picture, result } = /** @type {import("./store.js").Pair} */ (this.#pair);
    const { overlay, threshold } = this.settings();
    const line = Math.max(2, Math.round(density * (side < 420 ? 1.5 : 2)));
    // In a picture of stamp size labels would hide what they name.
    const text = side < LABELS_FROM ? 0 : Math.round(density * Math.max(9, Math.min(13, 8 + side / 160)));
    context.imageSmoothingQuality = "high";
    context.drawImage(/** @type {ImageBitmap} */ (this.#bitmap), place.x, place.y, place.width, place.height);
    const boxes = result && overlay ? paintOverlay(context, { ...place, line, text }, result, threshold) : [];
    return {
      seq: picture.seq,
      has_result: result !== null,
      boxes,
      size: result?.size ?? [picture.width, picture.height],
      picture_on_canvas: [place.x, place.y, place.width, place.height],
    };
  }

  #fit() {
    const side = (/** @type {number} */ css) => Math.min(SIDE_MAX, Math.max(1, Math.round(css * devicePixelRatio)));
    const [width, height] = [side(this.canvas.clientWidth), side(this.canvas.clientHeight)];
    if (width === this.canvas.width && height === this.canvas.height) return;
    // Setting a side empties the canvas.
    Object.assign(this.canvas, { width, height });
    this.paint();
  }
}

/** @param {Blob} jpeg */
async function decode(jpeg) {
  try {
    return await createImageBitmap(jpeg);
  } catch {
    // A broken picture is left out; the next one comes.
    return null;
  }
}
