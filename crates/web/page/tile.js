// One source on the page: its stream and its store, the picture, the inset, and the figures beside them.
// @ts-check

import { ask } from "./access.js";
import { Figures, healthOf } from "./figures.js";
import { Plot } from "./plot.js";
import { Screen } from "./screen.js";
import { Store, wayToLook } from "./store.js";
import { Stream } from "./stream.js";
import { say, view } from "./view.js";

/** What the page asks for at most; the server may grant less. */
const FPS_MAX = 30;
const WIDTH_MAX = 1280;
/** Widths are asked for in such steps, so that viewers of nearly one shape share an encoding. */
const WIDTH_STEP = 160;
/** Over how long the page counts the pictures that it receives. */
const COUNTED_MS = 3000;

const template = /** @type {HTMLTemplateElement} */ (document.getElementById("tile"));

export class Tile {
  /** @type {import("./wire.js").Hello | null} */
  hello = null;
  /** @type {import("./wire.js").Status | null} */
  status = null;
  /** @type {import("./stream.js").Connection} */
  connection = "connecting";
  /** @type {"live" | "results"} */
  way = "live";
  #isSwapped = false;
  #isOnScreen = true;
  #retryAt = 0;
  #isOver = false;
  /** @type {number[]} */
  #arrivals = [];
  /** @type {import("./wire.js").Picture | null} */
  #newest = null;
  #plotted = 0;

  /**
   * @param {number} index
   * @param {{refused: () => void, limits: {fps: number, width: number}}} page
   */
  constructor(index, page) {
    this.index = index;
    this.page = page;
    this.element = /** @type {HTMLElement} */ (document.importNode(template.content, true).firstElementChild);
    const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (this.element.querySelector(selector));
    this.find = find;
    this.store = new Store();
    this.main = new Screen(/** @type {HTMLCanvasElement} */ (find(".picture")), () => view);
    this.inset = new Screen(/** @type {HTMLCanvasElement} */ (find(".inset-picture")), () => view);
    this.plot = new Plot(/** @type {HTMLCanvasElement} */ (find(".plot")), find(".reading"));
    this.figures = new Figures(this.element);
    this.stream = new Stream(index, Math.min(FPS_MAX, page.limits.fps), {
      hello: (hello) => this.#greet(hello),
      picture: (picture) => this.#takePicture(picture),
      result: (result) => (this.store.addResult(result), this.refresh()),
      status: (status) => this.#takeStatus(status),
      connection: (...news) => this.#setConnection(...news),
    });
    find(".inset").onclick = () => this.swap();
    find(".inference").onclick = () => this.toggleInference();
    const sees = (/** @type {IntersectionObserverEntry[]} */ entries) => this.#see(entries[entries.length - 1].isIntersecting);
    // A little early, so that who scrolls finds a picture.
    new IntersectionObserver(sees, { rootMargin: "25%" }).observe(find(".stage"));
    new ResizeObserver(() => this.want()).observe(find(".frame"));
    view.addEventListener("change", () => this.#viewChanged());
  }

  get name() {
    return this.hello?.name ?? this.status?.name ?? `source ${this.index}`;
  }

  /** Whether the newest result is shown on a picture of its own, in the corner. */
  get hasInset() {
    return view.look === "auto" && this.way === "live" && this.store.matched !== null && this.status?.inferring !== false;
  }

  /** Pictures a second, at most. */
  get #fps() {
    return Math.min(this.hello?.fps || FPS_MAX, FPS_MAX, this.page.limits.fps);
  }

  /** Asks the server for what can be seen: nothing where the tile is hidden or the picture frozen. */
  want() {
    const isSeen = !document.hidden && this.#isOnScreen && !view.paused;
    const width = this.find(".frame").clientWidth * devicePixelRatio;
    const stepped = Math.ceil(Math.max(width, 1) / WIDTH_STEP) * WIDTH_STEP;
    this.stream.want(isSeen ? this.#fps : 0, Math.min(stepped, WIDTH_MAX, this.page.limits.width));
  }

  /** Shows what the store has, the way that was chosen. */
  refresh() {
    if (view.paused) return this.#refreshFrozen();
    const way = view.look === "auto" ? this.way : view.look;
    const [results, live] = [this.store.matched, this.store.live];
    const hasInset = this.hasInset;
    const showsResults = hasInset ? this.#isSwapped : way === "results";
    show(this.main, showsResults ? results : live);
    if (hasInset) show(this.inset, showsResults ? live : results);
    const corner = this.find(".inset");
    if (corner.hidden === hasInset) corner.hidden = !hasInset;
    this.element.classList.toggle("shows-results", showsResults);
    this.#showTags(showsResults);
  }

  /** @param {boolean} isOnScreen */
  #see(isOnScreen) {
    this.#isOnScreen = isOnScreen;
    this.want();
  }

  swap() {
    this.#isSwapped = !this.#isSwapped;
    this.refresh();
  }

  async toggleInference() {
    const what = this.status?.inferring === false ? "start" : "stop";
    const answer = await ask(`/sources/${this.index}/inference/${what}`, { method: "POST" }).catch(() => null);
    if (answer?.status === 401) this.page.refused();
    say(answer?.ok ? `${this.name}: inference ${what === "start" ? "started" : "stopped"}` : `${this.name}: not changed`);
    // The next status says it; until then, what was asked for.
    if (answer?.ok && this.status) this.#takeStatus({ ...this.status, inferring: what === "start" });
  }

  /** Saves the picture as it is shown, in its own size. */
  async saveSnapshot() {
    const [still, shown] = [this.main.still(), this.main.shown];
    if (!still || !shown) return say(`${this.name}: no picture yet`);
    const blob = await new Promise((resolve) => still.toBlob(resolve, "image/png"));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    const name = this.name.replace(/^.*\//, "").replace(/[^\w.-]+/g, "_") || `source${this.index}`;
    link.download = `${name}-${String(shown.seq).padStart(6, "0")}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    say(`saved ${link.download}`);
  }

  /** @param {import("./wire.js").Hello} hello */
  #greet(hello) {
    this.hello = hello;
    this.store.clear();
    this.#newest = null;
    this.find(".name").textContent = hello.name;
    this.find(".picture").setAttribute("aria-label", `Live picture of ${hello.name}`);
    this.element.setAttribute("aria-label", hello.name);
  }

  /** @param {import("./wire.js").Picture} picture */
  #takePicture(picture) {
    const now = performance.now();
    this.#arrivals.push(now);
    while (now - this.#arrivals[0] > COUNTED_MS) this.#arrivals.shift();
    if (picture.width !== this.#newest?.width || picture.height !== this.#newest?.height) {
      const { style } = this.find(".stage");
      style.setProperty("--wide", String(picture.width));
      style.setProperty("--high", String(picture.height));
    }
    this.#newest = picture;
    this.store.addPicture(picture);
    this.refresh();
  }

  /** @param {import("./wire.js").Status} status */
  #takeStatus(status) {
    this.status = status;
    const way = wayToLook(this.way, status.result_fps, Math.min(this.#fps, status.received_fps || FPS_MAX));
    // Nothing is inferred: there is only one way to look.
    this.way = status.inferring === false ? "live" : way;
    if (Array.isArray(status.history)) this.plot.start(status.history);
    else this.#plotSecond(status);
    this.figures.show(status, { picture: this.#newest, picture_fps: this.#pictureFps() });
    this.find(".inference").setAttribute("aria-pressed", String(status.inferring !== false));
    this.#showState();
    this.refresh();
  }

  /** @param {import("./wire.js").Status} status */
  #plotSecond({ age_ms, result_fps }) {
    const now = performance.now();
    if (now - this.#plotted < 950) return;
    const elapsed = this.#plotted === 0 ? 1 : (now - this.#plotted) / 1000;
    this.#plotted = now;
    this.plot.push([this.plot.end + elapsed, age_ms?.p50 ?? null, age_ms?.p99 ?? null, result_fps ?? 0]);
  }

  #pictureFps() {
    const counted = this.#arrivals.filter((at) => performance.now() - at <= COUNTED_MS);
    if (counted.length < 2) return 0;
    // The first pictures come in a burst: over less than a second there is no rate.
    return (1000 * (counted.length - 1)) / Math.max(1000, counted[counted.length - 1] - counted[0]);
  }

  /** A frozen picture changes no more, but its own result may come late. */
  #refreshFrozen() {
    for (const screen of [this.main, this.inset]) {
      const { pair } = screen;
      if (pair && !pair.result) show(screen, this.store.of(pair.picture.seq));
    }
  }

  #viewChanged() {
    this.want();
    this.main.paint();
    this.inset.paint();
    this.plot.draw();
    this.#showState();
    this.refresh();
  }

  /** @type {import("./stream.js").Listener["connection"]} */
  #setConnection(connection, retryInMs, isOver) {
    this.connection = connection;
    this.#isOver ||= isOver;
    if (connection === "open") this.#isOver = false;
    this.#retryAt = performance.now() + retryInMs;
    if (connection === "refused") this.page.refused();
    if (connection === "waiting") this.#countDown();
    this.#showState();
  }

  #countDown() {
    if (this.connection !== "waiting") return;
    this.#showState();
    setTimeout(() => this.#countDown(), 250);
  }

  #showState() {
    const { state, words } = this.#state();
    const place = this.find(".state");
    if (place.textContent !== state) place.textContent = state;
    const notice = this.find(".notice");
    this.element.dataset.state = state;
    if (notice.hidden !== (words === "")) notice.hidden = words === "";
    const wordsPlace = this.find(".notice-words");
    if (wordsPlace.textContent !== words) wordsPlace.textContent = words;
  }

  get #lostWords() {
    return this.#isOver ? "The run is over" : "Connection lost";
  }

  /** One word for the tile's head, and a sentence over the picture where something is amiss. */
  #state() {
    if (this.connection === "refused") return { state: "refused", words: "This view wants its token" };
    if (this.connection === "waiting") {
      const seconds = Math.max(1, Math.ceil((this.#retryAt - performance.now()) / 1000));
      return { state: "reconnecting", words: `${this.#lostWords} · trying again in ${seconds} s` };
    }
    if (this.connection === "connecting" || !this.status) {
      const isBack = this.main.shown !== null;
      return { state: isBack ? "reconnecting" : "connecting", words: isBack ? `${this.#lostWords} · trying now` : "Connecting" };
    }
    const health = healthOf(this.status);
    if (health === "ended") return { state: "ended", words: "The source has ended" };
    if (health === "away") return { state: "away", words: "The source is away · waiting for it" };
    if (view.paused) return { state: "paused", words: "" };
    if (health === "frozen") return { state: "frozen", words: "The source's picture is frozen" };
    if (health === "black") return { state: "black", words: "The source's picture is black" };
    if (this.status.inferring === false) {
      return { state: "watching", words: view.look === "results" ? "Inference is stopped: no new results" : "" };
    }
    return { state: "live", words: "" };
  }

  /** What is shown in which place, and of which frame. @param {boolean} showsResults */
  #showTags(showsResults) {
    const words = (/** @type {Screen} */ { shown }, /** @type {boolean} */ isResult) =>
      shown ? `${isResult ? "result" : "live"} ${shown.seq}` : "";
    this.find(".main-tag").textContent = words(this.main, showsResults);
    this.find(".inset-tag").textContent = words(this.inset, !showsResults);
  }
}

/**
 * @param {Screen} screen
 * @param {import("./store.js").Pair | null} pair
 */
function show(screen, pair) {
  if (!pair || (pair.picture === screen.pair?.picture && pair.result === screen.pair?.result)) return;
  screen.show(pair);
}
