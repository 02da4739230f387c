// Pictures and results of one source by the frame's number, and the rule that joins them: a result is shown on the
// picture of its own frame, or not at all. Pure: no DOM, no sockets, no clock.
// @ts-check

/** Pictures that wait for their results, at most; at 15 a second, four seconds. */
const PICTURES_MAX = 64;
/** Results that wait for their pictures, at most. */
const RESULTS_MAX = 64;

/** Results keep up with pictures from this share of their rate on; below the second one they no longer do. */
const KEEPS_UP_FROM = 0.6;
const KEEPS_UP_UNTIL = 0.5;

/**
 * A picture, and the result of the same frame where it is there.
 * @typedef {{picture: import("./wire.js").Picture, result: import("./wire.js").Result | null}} Pair
 */

export class Store {
  /** @type {Map<number, import("./wire.js").Picture>} */
  #pictures = new Map();
  /** @type {Map<number, import("./wire.js").Result>} */
  #results = new Map();
  #newest = -1;
  #matched = -1;

  /** Forgets all. After a reconnect the numbers may be those of another run. */
  clear() {
    this.#pictures.clear();
    this.#results.clear();
    this.#newest = this.#matched = -1;
  }

  /** @param {import("./wire.js").Picture} picture */
  addPicture(picture) {
    this.#pictures.set(picture.seq, picture);
    this.#newest = picture.seq;
    this.#match(picture.seq);
    if (this.#pictures.size > PICTURES_MAX) this.#pictures.delete(this.#leastWanted());
  }

  /** @param {import("./wire.js").Result} result */
  addResult(result) {
    this.#results.set(result.seq, result);
    this.#match(result.seq);
    if (this.#results.size > RESULTS_MAX) this.#results.delete(first(this.#results));
  }

  /** The newest picture, with its result only if that is here already. */
  get live() {
    return this.#pair(this.#newest);
  }

  /** The newest result whose picture is here, on that picture. */
  get matched() {
    return this.#pair(this.#matched);
  }

  /**
   * The picture of a frame with its result, while it is kept.
   * @param {number} seq
   */
  of(seq) {
    return this.#pair(seq);
  }

  /** @param {number} seq */
  #match(seq) {
    if (seq <= this.#matched || !this.#pictures.has(seq) || !this.#results.has(seq)) return;
    this.#matched = seq;
    // What is older than the pair will not be shown again.
    for (const older of [this.#pictures, this.#results]) {
      for (const key of older.keys()) if (key < seq) older.delete(key);
    }
  }

  /** The oldest picture that no result was announced for; else the oldest. */
  #leastWanted() {
    for (const [seq, picture] of this.#pictures) {
      if (!picture.predicted && seq !== this.#newest && seq !== this.#matched) return seq;
    }
    return first(this.#pictures);
  }

  /**
   * @param {number} seq
   * @returns {Pair | null}
   */
  #pair(seq) {
    const picture = this.#pictures.get(seq);
    return picture ? { picture, result: this.#results.get(seq) ?? null } : null;
  }
}

/**
 * Which way to look, where nobody said: at results as long as they keep up with the pictures, else at live video.
 * @param {"live" | "results"} now  the way of the moment, which small changes do not turn
 * @param {number} resultFps
 * @param {number} pictureFps
 * @returns {"live" | "results"}
 */
export function wayToLook(now, resultFps, pictureFps) {
  const share = now === "results" ? KEEPS_UP_UNTIL : KEEPS_UP_FROM;
  return resultFps > 0 && resultFps >= share * pictureFps ? "results" : "live";
}

/** @param {Map<number, unknown>} map */
const first = (map) => /** @type {number} */ (map.keys().next().value);
