// The age of results over the last minutes: p50 as a line, up to p99 as a band. Point at it, or step along it with the
// arrow keys, to read a moment.
// @ts-check

import { milliseconds } from "./figures.js";

const SECONDS_MAX = 300;
const SECONDS_MIN = 60;
const POINTS_MAX = SECONDS_MAX + 1;

/** Room for the words under and beside the plot, in CSS pixels. */
const FOOT = 18;
const HEAD = 6;
const LEFT = 48;

/** @typedef {[number, number | null, number | null, number]} Point  t_s, p50, p99 in ms, results a second */

export class Plot {
  /** @type {Point[]} */
  #points = [];
  /** @type {number | null} */
  #read = null;
  #ceiling = 10;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {HTMLElement} reading
   */
  constructor(canvas, reading) {
    this.canvas = canvas;
    this.reading = reading;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    new ResizeObserver(() => this.draw()).observe(canvas);
    canvas.addEventListener("pointermove", (event) => this.#point(event.offsetX));
    canvas.addEventListener("pointerdown", (event) => this.#point(event.offsetX));
    canvas.addEventListener("pointerleave", () => this.#readAt(null));
    canvas.addEventListener("blur", () => this.#readAt(null));
    canvas.addEventListener("keydown", (event) => this.#step(event));
  }

  /** Starts again from what the server remembers. @param {Point[]} points */
  start(points) {
    this.#points = points.slice(-POINTS_MAX);
    this.draw();
  }

  /** The newest second. @param {Point} point */
  push(point) {
    this.#points.push(point);
    if (this.#points.length > POINTS_MAX) {
      this.#points.shift();
      if (this.#read !== null) this.#read = Math.max(0, this.#read - 1);
    }
    this.draw();
  }

  /** When the last point was, in seconds of the run. */
  get end() {
    return this.#points.at(-1)?.[0] ?? 0;
  }

  get #isEmpty() {
    return this.#points.every(([, p50]) => p50 === null);
  }

  get #span() {
    const length = this.end - (this.#points[0]?.[0] ?? 0);
    return Math.min(SECONDS_MAX, Math.max(SECONDS_MIN, Math.ceil(length / 60) * 60));
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (width === 0 || height === 0) return;
    const density = devicePixelRatio;
    const [wide, high] = [Math.round(width * density), Math.round(height * density)];
    if (this.canvas.width !== wide || this.canvas.height !== high) Object.assign(this.canvas, { width: wide, height: high });
    const style = getComputedStyle(this.canvas);
    const color = (/** @type {string} */ name) => style.getPropertyValue(name);
    const { context } = this;
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, width, height);
    context.font = `10.5px ${style.fontFamily}`;
    this.#ceiling = this.#ceilingOf();
    const x = (/** @type {number} */ t) => width - ((this.end - t) / this.#span) * (width - LEFT);
    const y = (/** @type {number} */ ms) => height - FOOT - (ms / this.#ceiling) * (height - FOOT - HEAD);
    this.#drawGrid(width, height, y, color("--line"), color("--quiet"));
    this.#drawBand(x, y, color("--band"));
    this.#drawLine(x, y, color("--accent-ink"));
    this.#drawReading(x, y, height, color("--ink"), color("--accent-ink"));
    this.canvas.setAttribute("aria-label", this.#words());
  }

  /** The largest p99, rounded up to a number that people like. */
  #ceilingOf() {
    const shown = this.#points.filter(([t]) => t >= this.end - this.#span);
    const largest = Math.max(1, ...shown.map(([, p50, p99]) => p99 ?? p50 ?? 0));
    const unit = 10 ** Math.floor(Math.log10(largest));
    return unit * /** @type {number} */ ([1, 1.5, 2, 3, 4, 6, 8, 10].find((step) => step * unit >= largest * 1.02) ?? 15);
  }

  /** @type {(width: number, height: number, y: (ms: number) => number, line: string, ink: string) => void} */
  #drawGrid(width, height, y, line, ink) {
    const { context } = this;
    context.textBaseline = "middle";
    for (const ms of [0, this.#ceiling / 2, this.#ceiling]) {
      context.fillStyle = line;
      context.fillRect(LEFT, Math.round(y(ms)), width - LEFT, 1);
      context.fillStyle = ink;
      if (this.#isEmpty) continue;
      context.fillText(ms === 0 ? "0" : `${Number(ms.toPrecision(3))} ms`, 0, Math.round(y(ms)) + 1);
    }
    const minutes = this.#span / 60;
    const every = (width - LEFT) / minutes < 50 ? minutes : 1;
    context.textBaseline = "top";
    for (let minute = 0; minute <= minutes; minute += every) {
      const at = width - (minute / minutes) * (width - LEFT);
      context.fillStyle = line;
      context.fillRect(Math.min(width - 1, Math.round(at)), height - FOOT, 1, 4);
      context.fillStyle = ink;
      context.textAlign = minute === 0 ? "right" : minute === minutes ? "left" : "center";
      context.fillText(minute === 0 ? "now" : `−${minute} min`, at, height - FOOT + 5);
    }
    context.textAlign = "left";
  }

  /** @type {(x: (t: number) => number, y: (ms: number) => number, color: string) => void} */
  #drawBand(x, y, color) {
    const { context } = this;
    context.fillStyle = color;
    for (const run of this.#runs()) {
      context.beginPath();
      for (const [t, , p99] of run) context.lineTo(x(t), y(/** @type {number} */ (p99)));
      for (const [t, p50] of run.toReversed()) context.lineTo(x(t), y(/** @type {number} */ (p50)));
      context.fill();
    }
  }

  /** @type {(x: (t: number) => number, y: (ms: number) => number, color: string) => void} */
  #drawLine(x, y, color) {
    const { context } = this;
    context.strokeStyle = color;
    context.lineWidth = 1.5;
    context.lineJoin = "round";
    for (const run of this.#runs()) {
      context.beginPath();
      for (const [t, p50] of run) context.lineTo(x(t), y(/** @type {number} */ (p50)));
      context.stroke();
    }
  }

  /** Stretches without a gap. */
  #runs() {
    /** @type {Point[][]} */
    const runs = [[]];
    for (const point of this.#points) {
      const [t, p50, p99] = point;
      const last = runs[runs.length - 1].at(-1);
      if (last && t - last[0] > 3) runs.push([]);
      if (p50 === null || p99 === null) runs.push([]);
      else runs[runs.length - 1].push(point);
    }
    return runs.filter((run) => run.length > 0);
  }

  /** @type {(x: (t: number) => number, y: (ms: number) => number, height: number, ink: string, accent: string) => void} */
  #drawReading(x, y, height, ink, accent) {
    const point = this.#read === null ? undefined : this.#points[this.#read];
    this.reading.textContent = point ? wordsOf(point, this.end) : "";
    if (!point) return;
    const { context } = this;
    context.fillStyle = ink;
    context.globalAlpha = 0.5;
    context.fillRect(Math.round(x(point[0])), HEAD, 1, height - FOOT - HEAD);
    context.globalAlpha = 1;
    if (point[1] === null) return;
    context.fillStyle = accent;
    context.beginPath();
    context.arc(x(point[0]), y(point[1]), 3.5, 0, 2 * Math.PI);
    context.fill();
  }

  /** @param {number} x in CSS pixels */
  #point(x) {
    const width = this.canvas.clientWidth;
    const t = this.end - ((width - x) / (width - LEFT)) * this.#span;
    let nearest = 0;
    this.#points.forEach(([at], index) => {
      if (Math.abs(at - t) < Math.abs(this.#points[nearest][0] - t)) nearest = index;
    });
    this.#readAt(this.#points.length > 0 ? nearest : null);
  }

  /** @param {KeyboardEvent} event */
  #step(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
    if (step === undefined || this.#points.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const last = this.#points.length - 1;
    this.#readAt(Math.min(last, Math.max(0, (this.#read ?? last) + step)));
  }

  /** @param {number | null} index */
  #readAt(index) {
    this.#read = index;
    this.draw();
  }

  #words() {
    const last = this.#points.at(-1);
    return last ? `Age of results over the last minutes; ${wordsOf(last, this.end)}` : "Age of results: none yet";
  }
}

/**
 * @param {Point} point
 * @param {number} end
 */
function wordsOf([t, p50, p99, fps], end) {
  const ago = Math.round(end - t);
  const when = ago === 0 ? "now" : `${Math.floor(ago / 60)}:${String(ago % 60).padStart(2, "0")} ago`;
  if (p50 === null) return `${when}: no result`;
  return `${when}: p50 ${milliseconds(p50)} ms, p99 ${milliseconds(p99)} ms, ${fps.toFixed(1)} results/s`;
}
