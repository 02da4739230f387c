// The token, where the server wants one: from the address's fragment, which never leaves the browser, or from a form.
// It is kept for this tab only, and taken out of the address bar.
// @ts-check

import { PROTOCOL } from "./wire.js";

const KEY = "ocelli.token";

/** Takes the token out of the address, and says whether there was one. */
export function takeTokenFromAddress() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token === null) return false;
  history.replaceState(null, "", location.pathname + location.search);
  keepToken(token);
  return true;
}

/**
 * Keeps what somebody typed or pasted: a token, or the whole address that the server printed.
 * @param {string} text
 */
export function keepToken(text) {
  const pasted = text.trim().match(/#token=([^&\s]+)/);
  sessionStorage.setItem(KEY, pasted ? decodeURIComponent(pasted[1]) : text.trim());
}

/** Whether there is one, right or wrong. */
export const hasToken = () => Boolean(sessionStorage.getItem(KEY));

/** The WebSocket subprotocols to offer: the browser can set no headers there, so the token is one of them. */
export function protocols() {
  const token = sessionStorage.getItem(KEY);
  // What is no HTTP token character would throw; such a token is wrong anyway.
  return token && /^[\w.~+-]+$/.test(token) ? [PROTOCOL, `token.${token}`] : [PROTOCOL];
}

/**
 * `fetch` on this server, with the token.
 * @param {string} path
 * @param {RequestInit} [options]
 */
export function ask(path, options = {}) {
  const token = sessionStorage.getItem(KEY);
  const headers = new Headers(token ? { Authorization: `Bearer ${token}` } : {});
  return fetch(path, { cache: "no-store", ...options, headers });
}
