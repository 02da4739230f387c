// Starts the page: takes the token, asks which sources there are, gives each a tile, and lays the tiles out.
// @ts-check

import { ask, hasToken, keepToken, takeTokenFromAddress } from "./access.js";
import { addPageEvent, showRunEvents } from "./events.js";
import { wireKeys } from "./keys.js";
import { Tile } from "./tile.js";
import { say, view, wireControls } from "./view.js";

const STATUS_EVERY_MS = 4000;
const RETRY_MS = 1500;

const element = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const sources = element("sources");
const tokenDialog = /** @type {HTMLDialogElement} */ (element("token-dialog"));

/** @type {Tile[]} */
const tiles = [];
/** @type {Tile | undefined} */
let enlarged;

takeTokenFromAddress();
// The printed address, pasted over the one that is open.
addEventListener("hashchange", () => takeTokenFromAddress() && location.reload());
wireControls();
wireKeys({ tiles, current, enlarge, showAll, fill, focusNext });
element("all").onclick = showAll;
document.addEventListener("visibilitychange", () => tiles.forEach((tile) => tile.want()));
element("token-form").onsubmit = takeTokenFromForm;
// Without a token there is nothing to see behind the form.
tokenDialog.oncancel = (event) => event.preventDefault();
exposeForOthers();
begin();

/** Asks until it is told which sources there are; then each has its own stream. */
async function begin() {
  const status = await readStatus();
  if (status === "refused") return;
  if (status === null) {
    element("greeting").textContent = "The server does not answer. Trying again…";
    setTimeout(begin, RETRY_MS);
    return;
  }
  element("greeting").hidden = true;
  if (tiles.length === 0) build(status.sources.length);
  tiles.forEach((tile) => tile.connection === "open" || tile.stream.connect());
}

/**
 * /status, whose run-wide part is shown at once.
 * @returns {Promise<any>} `null` where nobody answers
 */
async function readStatus() {
  try {
    const answer = await ask("/status");
    if (answer.status === 401) return refused(), "refused";
    if (!answer.ok) return null;
    const status = await answer.json();
    element("model").textContent = status.model;
    element("backend").textContent = status.backend;
    document.title = `${status.sources.map((/** @type {any} */ { name }) => name).join(", ")} · Ocelli`;
    showRunEvents(status);
    return status;
  } catch {
    return null;
  }
}

/** @param {number} count */
function build(count) {
  const limits = limitsOf(new URLSearchParams(location.search));
  for (let index = 0; index < count; index += 1) {
    const tile = new Tile(index, { refused, limits });
    tiles.push(tile);
    sources.append(tile.element);
    tile.find(".snapshot").onclick = () => tile.saveSnapshot();
    tile.find(".full").onclick = () => fill(tile);
    tile.find(".enlarge").onclick = () => enlarge(tile);
    tile.find(".picture").onclick = () => (enlarged ? undefined : enlarge(tile));
    watchConnection(tile);
  }
  layOut();
  setInterval(() => document.hidden || readStatus(), STATUS_EVERY_MS);
}

/** `/?fps=15&width=960`: less than the page would ask for. @param {URLSearchParams} query */
function limitsOf(query) {
  const number = (/** @type {string} */ name) => Number(query.get(name)) || Infinity;
  return { fps: number("fps"), width: number("width") };
}

/** Lost and found connections are events, too. @param {Tile} tile */
function watchConnection(tile) {
  const { listener } = tile.stream;
  const told = listener.connection;
  let wasLost = false;
  listener.connection = (connection, retryInMs, isOver) => {
    told(connection, retryInMs, isOver);
    if (connection === "waiting" && !wasLost) addPageEvent(`${tile.name}: ${isOver ? "the run is over" : "connection lost"}`);
    if (connection === "open" && wasLost) addPageEvent(`${tile.name}: connected again`);
    wasLost = connection === "open" ? false : wasLost || connection === "waiting";
  };
}

function refused() {
  if (tokenDialog.open) return;
  element("token-words").textContent = hasToken()
    ? "The one that this page has is not it. Ocelli printed it when it started, as part of the address: paste either."
    : "Ocelli printed it when it started, as part of the address: paste either.";
  element("greeting").textContent = "";
  tokenDialog.showModal();
}

function takeTokenFromForm() {
  const field = /** @type {HTMLInputElement} */ (element("token"));
  keepToken(field.value);
  field.value = "";
  begin();
}

/** The tile that keys act on: the enlarged one, the one with the focus, the only one. */
function current() {
  return enlarged ?? tiles.find((tile) => tile.element.contains(document.activeElement)) ?? (tiles.length === 1 ? tiles[0] : undefined);
}

/** @param {Tile} tile */
function enlarge(tile) {
  if (tiles.length < 2 || enlarged === tile) return;
  enlarged = tile;
  layOut();
  say(`${tile.name} enlarged`);
}

function showAll() {
  const filled = document.querySelector(".tile.fills");
  if (filled) return filled.classList.remove("fills");
  const before = enlarged;
  enlarged = undefined;
  layOut();
  before?.element.focus();
}

/** @param {number} step */
function focusNext(step) {
  const at = tiles.findIndex((tile) => tile.element.contains(document.activeElement));
  const next = tiles[(Math.max(at, step > 0 ? at : 0) + step + tiles.length) % tiles.length];
  if (enlarged && next) enlarge(next);
  else next?.element.focus();
}

/** Full screen, or all of the window where the browser has none for pictures (phones). @param {Tile} tile */
function fill(tile) {
  if (document.fullscreenElement) return void document.exitFullscreen();
  const { element } = tile;
  if (element.requestFullscreen) element.requestFullscreen().catch(() => element.classList.toggle("fills"));
  else element.classList.toggle("fills");
}

/** One source takes the whole page; several share it, until one is enlarged. */
function layOut() {
  const only = tiles.length === 1 ? tiles[0] : enlarged;
  sources.dataset.layout = only ? "one" : "grid";
  sources.dataset.count = String(tiles.length);
  for (const tile of tiles) tile.element.hidden = only !== undefined && tile !== only;
  element("all").hidden = enlarged === undefined;
  // Beside the one, or under the many.
  if (only) only.find(".panel").append(element("events"));
  else sources.after(element("events"));
}

/**
 * For whoever embeds or tests the page: `ocelli.sources`, one object for each source with
 *   name, connection (`connecting`, `open`, `waiting`, `refused`), look (`live`, `results`), status (as in /status),
 *   shown (what the picture shows now: see `Shown` in screen.js) and inset (the same of the corner, or `null`).
 */
function exposeForOthers() {
  const describe = (/** @type {Tile} */ tile) => ({
    name: tile.name,
    connection: tile.connection,
    look: view.look === "auto" ? tile.way : view.look,
    status: tile.status,
    shown: tile.main.shown,
    inset: tile.find(".inset").hidden ? null : tile.inset.shown,
  });
  const ocelli = Object.freeze({
    get sources() {
      return tiles.map(describe);
    },
  });
  Object.defineProperty(window, "ocelli", { value: ocelli });
}
