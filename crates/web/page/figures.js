// The numbers of one source: each with its place in the tile (`data-figure`), written so that digits stay where they
// are while they change.
// @ts-check

const NONE = "–";

/** @param {number | null | undefined} value */
const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

/** @param {number | null | undefined} value milliseconds */
export function milliseconds(value) {
  if (!isNumber(value)) return NONE;
  const ms = /** @type {number} */ (value);
  return ms >= 100 ? ms.toFixed(0) : ms.toFixed(1);
}

/** @param {number | null | undefined} value a second */
const rate = (value) => (isNumber(value) ? /** @type {number} */ (value).toFixed(1) : NONE);

/** @param {number | null | undefined} value thousands apart by a thin space */
const count = (value) => (isNumber(value) ? String(value).replace(/\B(?=(\d{3})+$)/g, "\u2009") : NONE);

const STAGES = ["queue", "preprocess", "inference", "postprocess"];

/** What the reasons mean, for those who point at them (docs/reference/output.md). */
const REASONS = {
  superseded: "a newer frame took its place before the predictor was free",
  paused: "inference was stopped",
  rate: "more frames came than inference was asked for",
  sink: "a sink that wants every result could not keep up",
  shutdown: "the run ended first",
  driver: "the camera's driver lost it",
  corrupt: "it was damaged or cut short",
  frozen: "the same picture for two seconds or more",
  inference: "the engine gave an error",
  write: "the sink gave an error",
  lost: "nobody resolved it: a bug",
};

/** @typedef {import("./wire.js").Status} Status */
/** @typedef {{picture: import("./wire.js").Picture | null, picture_fps: number}} Seen  what only the page knows */

/** @type {Record<string, (status: Status, seen: Seen) => string>} */
const FIGURES = {
  age_now: ({ age_ms }) => milliseconds(age_ms?.now),
  age_p50: ({ age_ms }) => milliseconds(age_ms?.p50),
  age_p99: ({ age_ms }) => milliseconds(age_ms?.p99),
  received_fps: ({ received_fps }) => rate(received_fps),
  result_fps: ({ result_fps }) => rate(result_fps),
  picture_fps: (_, { picture_fps }) => rate(picture_fps),
  size: ({ size }) => (size ? `${size[0]} × ${size[1]}` : NONE),
  health: (status) => healthOf(status),
  picture_size: (_, { picture }) => (picture ? `${picture.width} × ${picture.height}` : NONE),
  picture_age: (_, { picture }) => (picture ? `${milliseconds(picture.age_ms)} ms` : NONE),
  viewers: ({ viewers }) => count(viewers),
};

/** @param {Status} status */
export function healthOf({ has_ended, is_away, health }) {
  if (has_ended) return "ended";
  return is_away ? "away" : health ?? NONE;
}

export class Figures {
  /** @param {HTMLElement} tile */
  constructor(tile) {
    this.places = /** @type {HTMLElement[]} */ ([...tile.querySelectorAll("[data-figure]")]);
    this.stack = /** @type {HTMLElement} */ (tile.querySelector(".stack"));
    this.stages = new Rows(/** @type {HTMLElement} */ (tile.querySelector(".stages ul")), "li");
    this.account = new Rows(/** @type {HTMLElement} */ (tile.querySelector(".account dl")), "div");
    for (const stage of STAGES) this.stack.append(Object.assign(document.createElement("span"), { className: stage }));
  }

  /**
   * @param {Status} status
   * @param {Seen} seen
   */
  show(status, seen) {
    for (const place of this.places) write(place, FIGURES[place.dataset.figure ?? ""](status, seen));
    this.#showStages(status.stages_ms ?? {});
    this.#showAccount(status);
  }

  /** @param {Record<string, {p50: number | null, p99: number | null} | null>} stages */
  #showStages(stages) {
    STAGES.forEach((stage, index) => {
      const { p50, p99 } = stages[stage] ?? { p50: null, p99: null };
      const part = /** @type {HTMLElement} */ (this.stack.children[index]);
      part.style.flexGrow = String(p50 ?? 0);
      this.stages.write(stage, [stage, milliseconds(p50), milliseconds(p99)], stage);
    });
  }

  /** The account, which balances: captured = emitted + dropped + failed + in flight. @param {Status} status */
  #showAccount(status) {
    const { captured, emitted, in_flight, dropped = {}, failed = {} } = status;
    const share = (/** @type {number} */ part) => (captured > 0 ? `${((100 * part) / captured).toFixed(1)} %` : "");
    const rows = /** @type {[string, string, number, string][]} */ ([
      ["captured", "", captured, ""],
      ["emitted", "part", emitted, share(emitted)],
      ...Object.entries(dropped).map(([reason, frames]) => [`dropped: ${reason}`, "part", frames, share(frames)]),
      ...Object.entries(failed).map(([reason, frames]) => [`failed: ${reason}`, "part failed", frames, share(frames)]),
      ["in flight", "part", in_flight, ""],
    ]);
    this.account.keep(rows.map(([name]) => name));
    for (const [name, kind, frames, of] of rows) {
      const row = this.account.write(name, [name, count(frames), of], kind);
      const why = REASONS[/** @type {keyof typeof REASONS} */ (name.split(": ")[1])];
      if (why) row.title = why;
    }
  }
}

/** Rows by name, each a few cells, that are changed in place. */
class Rows {
  /** @type {Map<string, HTMLElement>} */
  #rows = new Map();

  /**
   * @param {HTMLElement} list
   * @param {"li" | "div"} tag
   */
  constructor(list, tag) {
    this.list = list;
    this.tag = tag;
  }

  /** Only these rows, in this order. @param {string[]} names */
  keep(names) {
    if (names.join() === [...this.#rows.keys()].join()) return;
    this.list.replaceChildren();
    this.#rows.clear();
  }

  /**
   * @param {string} name
   * @param {string[]} cells
   * @param {string} kind
   */
  write(name, cells, kind) {
    let row = this.#rows.get(name);
    if (!row) {
      row = Object.assign(document.createElement(this.tag), { className: kind });
      const tags = this.tag === "div" ? ["dt", "dd", "dd"] : ["span", "span", "span"];
      row.append(...cells.map((_, index) => document.createElement(tags[index])));
      this.list.append(row);
      this.#rows.set(name, row);
    }
    cells.forEach((cell, index) => write(/** @type {HTMLElement} */ (row.children[index]), cell));
    return row;
  }
}

/**
 * @param {HTMLElement} place
 * @param {string} text
 */
function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
}
