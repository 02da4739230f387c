// What the server sends over the WebSocket, parsed. Bytes and text in, plain objects out: no DOM, no sockets.
// @ts-check

/** The one version of the protocol that this page speaks, as a WebSocket subprotocol. */
export const PROTOCOL = "ocelli.v1";

/** Bytes before the JPEG. */
const HEADER_BYTES = 32;
const VERSION = 1;
const KIND_JPEG = 1;
const FLAG_PREDICTED = 1;

/**
 * One picture as it came.
 * @typedef {object} Picture
 * @property {number} seq         the frame's number at its source
 * @property {boolean} predicted  the predictor took this very frame: a result may follow
 * @property {number} width       of the JPEG, in pixels
 * @property {number} height
 * @property {number} age_ms      from capture to the moment at which the server handed it over
 * @property {Blob} jpeg
 */

/**
 * One thing that was found; the box in pixels of the source.
 * @typedef {object} Detection
 * @property {number} class_id
 * @property {string} class
 * @property {number} confidence
 * @property {[number, number, number, number]} box
 */

/**
 * One result: a line of JSONL (docs/reference/output.md).
 * @typedef {object} Result
 * @property {number} seq
 * @property {number} age_ms
 * @property {[number, number]} size  of the source
 * @property {Detection[]} detections
 * @property {{class_id: number, class: string, confidence: number}[]} [classification]
 */

/**
 * @typedef {object} Hello
 * @property {string} name
 * @property {number} fps    the most that is granted
 * @property {number} width
 * @property {string} model
 * @property {string} backend
 */

/** @typedef {Record<string, any>} Status  one source of /status */

/**
 * A binary message, or `null` where it is of a kind that this page does not know.
 * @param {ArrayBuffer} message
 * @returns {Picture | null}
 */
export function parsePicture(message) {
  if (message.byteLength <= HEADER_BYTES) return null;
  const header = new DataView(message, 0, HEADER_BYTES);
  if (header.getUint8(0) !== VERSION || header.getUint8(1) !== KIND_JPEG) return null;
  return {
    predicted: (header.getUint16(2, true) & FLAG_PREDICTED) !== 0,
    width: header.getUint16(4, true),
    height: header.getUint16(6, true),
    seq: Number(header.getBigUint64(8, true)),
    age_ms: Number(header.getBigUint64(24, true)) / 1e6,
    jpeg: new Blob([new Uint8Array(message, HEADER_BYTES)], { type: "image/jpeg" }),
  };
}

/**
 * A text message: an object with one of these keys, and whatever a later version adds.
 * @param {string} message
 * @returns {{hello?: Hello, result?: Result, status?: Status}}
 */
export function parseText(message) {
  try {
    const parsed = JSON.parse(message);
    return parsed !== null && typeof parsed === "object" ? parsed : {};
  } catch {
    return {};
  }
}
