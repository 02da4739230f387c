// How the page is looked at: settings that all tiles share, and the controls in the bar that show and change them.
// @ts-check

/** @typedef {"auto" | "results" | "live"} Look */
/** @typedef {"system" | "light" | "dark"} Theme */

const LOOKS = /** @type {const} */ (["auto", "results", "live"]);
const THEMES = /** @type {const} */ (["system", "light", "dark"]);
const THEME_WORDS = { system: "as the system", light: "light", dark: "dark" };
const THEME_KEY = "ocelli.theme";

/** @param {string} id */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** Says `change` after each change. */
class View extends EventTarget {
  paused = false;
  overlay = true;
  threshold = 0;
  /** @type {Look} */
  look = "auto";
  /** @type {Theme} */
  theme = "system";

  /** @param {Partial<Pick<View, "paused" | "overlay" | "threshold" | "look" | "theme">>} settings */
  set(settings) {
    Object.assign(this, settings);
    this.threshold = Math.min(1, Math.max(0, Math.round(this.threshold * 100) / 100));
    this.dispatchEvent(new Event("change"));
  }

  nextLook() {
    this.set({ look: LOOKS[(LOOKS.indexOf(this.look) + 1) % LOOKS.length] });
  }

  nextTheme() {
    this.set({ theme: THEMES[(THEMES.indexOf(this.theme) + 1) % THEMES.length] });
    localStorage.setItem(THEME_KEY, this.theme);
  }
}

export const view = new View();

/** Makes the controls in the bar work, and shows what is set. */
export function wireControls() {
  const threshold = /** @type {HTMLInputElement} */ (element("threshold"));
  const looks = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("input[name=look]"));
  element("pause").onclick = () => view.set({ paused: !view.paused });
  element("overlay").onclick = () => view.set({ overlay: !view.overlay });
  element("theme").onclick = () => view.nextTheme();
  threshold.oninput = () => view.set({ threshold: threshold.valueAsNumber });
  for (const look of looks) look.onchange = () => view.set({ look: /** @type {Look} */ (look.value) });
  view.addEventListener("change", () => show(threshold, looks));
  const kept = /** @type {Theme} */ (localStorage.getItem(THEME_KEY));
  view.set({ theme: THEMES.includes(kept) ? kept : "system" });
}

/**
 * @param {HTMLInputElement} threshold
 * @param {Iterable<HTMLInputElement>} looks
 */
function show(threshold, looks) {
  const pause = element("pause");
  pause.classList.toggle("on", view.paused);
  /** @type {HTMLElement} */ (pause.querySelector(".word")).textContent = view.paused ? "Resume" : "Pause";
  pause.querySelector("use")?.setAttribute("href", view.paused ? "#play-icon" : "#pause-icon");
  element("overlay").setAttribute("aria-pressed", String(view.overlay));
  threshold.valueAsNumber = view.threshold;
  // Where the filled part of the track ends.
  threshold.style.setProperty("--filled", `${view.threshold * 100}%`);
  element("threshold-value").textContent = view.threshold.toFixed(2);
  for (const look of looks) look.checked = look.value === view.look;
  document.documentElement.dataset.theme = view.theme;
  element("theme").setAttribute("aria-label", `Theme: ${THEME_WORDS[view.theme]}`);
}

/**
 * Tells those who do not see the page what happened.
 * @param {string} words
 */
export function say(words) {
  element("said").textContent = words;
}
