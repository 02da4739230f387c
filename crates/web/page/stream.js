// The WebSocket of one source: what comes in is parsed and handed on, and a lost connection is made again, with
// growing pauses, for as long as the page is open.
// @ts-check

import { ask, protocols } from "./access.js";
import { parsePicture, parseText } from "./wire.js";

const RETRY_MS_FIRST = 500;
const RETRY_MS_MAX = 8000;
/** A server that is there says its status twice a second; one that is silent for so long is gone. */
const SILENCE_MS_MAX = 8000;
/** RFC 6455, 7.4.1: the server goes away, in order. */
const GOING_AWAY = 1001;

/** @typedef {"connecting" | "open" | "waiting" | "refused"} Connection */

/**
 * @typedef {object} Listener
 * @property {(hello: import("./wire.js").Hello) => void} hello
 * @property {(picture: import("./wire.js").Picture) => void} picture
 * @property {(result: import("./wire.js").Result) => void} result
 * @property {(status: import("./wire.js").Status) => void} status
 * @property {(connection: Connection, retryInMs: number, isOver: boolean) => void} connection  whether the server
 *   said that its run is over
 */

export class Stream {
  /** @type {WebSocket | null} */
  #socket = null;
  #failures = 0;
  #retry = 0;
  #watchdog = 0;
  #wanted = { fps: 0, width: 640 };

  /**
   * @param {number} source
   * @param {number} fpsMax  what is asked for at first, so that the server says what it grants
   * @param {Listener} listener
   */
  constructor(source, fpsMax, listener) {
    this.source = source;
    this.fpsMax = fpsMax;
    this.listener = listener;
    // Somebody looks again, or the network is back: no reason to wait out the pause.
    addEventListener("online", () => this.#retryNow());
    document.addEventListener("visibilitychange", () => document.hidden || this.#retryNow());
  }

  /**
   * What the page wants to see. 0 fps: no pictures; results and figures come all the same.
   * @param {number} fps
   * @param {number} width
   */
  want(fps, width) {
    if (fps === this.#wanted.fps && width === this.#wanted.width) return;
    this.#wanted = { fps, width };
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(this.#wanted));
  }

  connect() {
    clearTimeout(this.#retry);
    this.listener.connection("connecting", 0, false);
    const asked = { fps: this.fpsMax, width: this.#wanted.width };
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const address = `${scheme}://${location.host}/sources/${this.source}/live?fps=${asked.fps}&width=${asked.width}`;
    const socket = new WebSocket(address, protocols());
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      const { fps, width } = this.#wanted;
      if (fps !== asked.fps || width !== asked.width) socket.send(JSON.stringify({ fps, width }));
    };
    socket.onmessage = ({ data }) => this.#take(data);
    socket.onclose = ({ code }) => this.#lost(socket, code === GOING_AWAY);
    this.#socket = socket;
    this.#watch();
  }

  /** @param {ArrayBuffer | string} data */
  #take(data) {
    this.#watch();
    if (data instanceof ArrayBuffer) {
      const picture = parsePicture(data);
      if (picture) this.listener.picture(picture);
      return;
    }
    const { hello, result, status } = parseText(data);
    if (hello) {
      this.#failures = 0;
      this.listener.connection("open", 0, false);
      this.listener.hello(hello);
    }
    if (result) this.listener.result(result);
    if (status) this.listener.status(status);
  }

  /** A socket may stay open long after the other side is gone; its silence tells. */
  #watch() {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#socket && this.#lost(this.#socket, false), SILENCE_MS_MAX);
  }

  /**
   * @param {WebSocket} socket
   * @param {boolean} isOver
   */
  async #lost(socket, isOver) {
    if (socket !== this.#socket) return;
    clearTimeout(this.#watchdog);
    this.#socket = null;
    socket.onmessage = socket.onclose = null;
    socket.close();
    this.#failures += 1;
    const pause = Math.min(RETRY_MS_MAX, RETRY_MS_FIRST * 2 ** (this.#failures - 1));
    // Several pages must not all come back at the same moment.
    const retryInMs = Math.round(pause * (0.75 + Math.random() / 2));
    this.listener.connection("waiting", retryInMs, isOver);
    this.#retry = setTimeout(() => this.connect(), retryInMs);
    // A refused WebSocket looks like a lost one; only a plain request tells that a token is wanted.
    const refused = await ask("/status").then((response) => response.status === 401, () => false);
    if (refused && this.#socket === null) {
      clearTimeout(this.#retry);
      this.listener.connection("refused", 0, false);
    }
  }

  #retryNow() {
    if (this.#socket === null && this.#failures > 0) this.connect();
  }
}
