// The keys: one list, which both acts and fills the help.
// @ts-check

import { view } from "./view.js";

/**
 * What keys act on.
 * @typedef {object} Page
 * @property {() => import("./tile.js").Tile | undefined} current  the tile in use
 * @property {(tile: import("./tile.js").Tile) => void} enlarge
 * @property {() => void} showAll
 * @property {(tile: import("./tile.js").Tile) => void} fill
 * @property {(step: number) => void} focusNext
 * @property {import("./tile.js").Tile[]} tiles
 */

/** @type {[string[], string, string, (page: Page, key: string) => void][]} */
const KEYS = [
  [[" "], "Space", "freeze the picture; the run goes on", () => view.set({ paused: !view.paused })],
  [["b", "o"], "B", "boxes on and off", () => view.set({ overlay: !view.overlay })],
  [["["], "[", "show what is less certain, too", () => view.set({ threshold: view.threshold - 0.05 })],
  [["]"], "]", "show only what is more certain", () => view.set({ threshold: view.threshold + 0.05 })],
  [["l"], "L", "look at results, at live video, or at what keeps up", () => view.nextLook()],
  [["x"], "X", "swap the picture and its inset", ({ current }) => current()?.swap()],
  [["i"], "I", "start and stop inference", ({ current }) => current()?.toggleInference()],
  [["s"], "S", "save the picture", ({ current }) => current()?.saveSnapshot()],
  [["f"], "F", "full screen", ({ current, fill }) => withTile(current(), fill)],
  [["Enter"], "Enter", "enlarge a source", ({ current, enlarge }) => withTile(current(), enlarge)],
  [["1", "2", "3", "4", "5", "6", "7", "8", "9"], "1 – 9", "enlarge that source", ({ tiles, enlarge }, key) => withTile(tiles[Number(key) - 1], enlarge)],
  [["Escape", "g"], "Esc", "all sources", ({ showAll }) => showAll()],
  [["ArrowRight"], "→", "next source", ({ focusNext }) => focusNext(1)],
  [["ArrowLeft"], "←", "previous source", ({ focusNext }) => focusNext(-1)],
  [["t"], "T", "light, dark, or as the system", () => view.nextTheme()],
  [["?"], "?", "this help", () => openHelp()],
];

/** @param {Page} page */
export function wireKeys(page) {
  addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (takesKey(target, event.key)) return;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const row = KEYS.find(([keys]) => keys.includes(name));
    if (!row) return;
    event.preventDefault();
    row[3](page, name);
  });
  const list = /** @type {HTMLElement} */ (document.getElementById("keys"));
  for (const [, name, words] of KEYS) {
    const row = document.createElement("div");
    const [key, meaning] = [document.createElement("dt"), document.createElement("dd")];
    key.append(Object.assign(document.createElement("kbd"), { textContent: name }));
    meaning.textContent = words;
    row.append(key, meaning);
    list.append(row);
  }
  /** @type {HTMLElement} */ (document.getElementById("help")).onclick = openHelp;
}

function openHelp() {
  /** @type {HTMLDialogElement} */ (document.getElementById("help-dialog")).showModal();
}

/**
 * Whether an element that has the focus uses this key itself.
 * @param {HTMLElement} element
 * @param {string} key
 */
function takesKey(element, key) {
  if (element.matches("input[type=range], input[type=radio]")) return key.startsWith("Arrow") || key === " ";
  if (element.matches("input, textarea")) return true;
  return element.matches("button") && (key === " " || key === "Enter");
}

/**
 * @param {import("./tile.js").Tile | undefined} tile
 * @param {(tile: import("./tile.js").Tile) => void} act
 */
function withTile(tile, act) {
  if (tile) act(tile);
}
