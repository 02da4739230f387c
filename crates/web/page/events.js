// What happened that nobody asked for: the run's own events, and the page's, in one list with the newest first.
// @ts-check

/** Rows that are kept. */
const ROWS_MAX = 100;

const list = /** @type {HTMLElement} */ (document.getElementById("event-list"));

/** @typedef {{at: Date, text: string}} Event */

/** @type {Event[]} */
let ofTheRun = [];
/** @type {Event[]} */
const ofThePage = [];

/**
 * The run's events, as /status says them: seconds since its start.
 * @param {{uptime_s: number, events?: {at_s: number, text: string}[]}} status
 */
export function showRunEvents({ uptime_s, events = [] }) {
  if (events.length === ofTheRun.length && events.every(({ text }, index) => text === ofTheRun[index].text)) return;
  const start = Date.now() - uptime_s * 1000;
  ofTheRun = events.map(({ at_s, text }) => ({ at: new Date(start + at_s * 1000), text }));
  show();
}

/** An event of the page itself. @param {string} text */
export function addPageEvent(text) {
  ofThePage.push({ at: new Date(), text });
  if (ofThePage.length > ROWS_MAX) ofThePage.shift();
  show();
}

function show() {
  const events = [...ofTheRun, ...ofThePage].sort((a, b) => b.at.getTime() - a.at.getTime()).slice(0, ROWS_MAX);
  list.replaceChildren(...events.map(row));
  /** @type {HTMLElement} */ (document.getElementById("events")).hidden = events.length === 0;
}

/** @param {Event} event */
function row({ at, text }) {
  const item = document.createElement("li");
  const time = document.createElement("time");
  time.dateTime = at.toISOString();
  time.textContent = at.toTimeString().slice(0, 8);
  item.append(time, text);
  return item;
}
