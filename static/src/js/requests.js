// A request that cannot be done yet is kept until what stands in its way is gone, and then sent once more: a stale
// CSRF token is renewed, and what the server wants answered first (`htmx.ask_first`) is asked in a dialog.
// What was typed stays in its form and nowhere else. What comes of a request otherwise is told.
import { settle } from "./fields.js";
import { htmx } from "./loading.js";
import { find, isCheck, on, user } from "./page.js";
import { during } from "./settled.js";
import { hush, say } from "./toasts.js";

const KEPT = "What you typed is still here";
const WORDS = {
  400: "That did not work. If you came by a link, it may have been used already.",
  403: "This page was open for too long. Please try again.", // the answer has just renewed the token
  404: "That is not possible any more. Please reload the page.",
  413: "That was too much at once.",
  429: "That was too often. Please try again in a moment.",
  500: "Something went wrong on our side. Please try again in a moment.",
};

const ask = find("#ask");
let asking; // what waits for the answer in the dialog
const resent = new WeakMap(); // how often because of its token: a request beside it may get in between, once

on("htmx:config:request", ({ detail: { ctx } }) => {
  const { headers } = ctx.request;
  headers["X-CSRFToken"] = find("meta[name=csrf-token]").content;
  if (user) headers["X-User"] = user;
  if (ask.contains(ctx.sourceElement) || ask.contains(ctx.target)) headers["X-Ask"] = "true";
});

on("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  const { sourceElement: source, response: { headers, status } } = ctx;
  const token = headers.get("X-CSRF-Token");
  if (token) renew(token);
  const wanted = headers.get("X-Ask");
  const times = resent.get(source) ?? 0;
  const stale = status === 403 && token && times < 2;
  resent.set(source, stale ? times + 1 : 0);
  if (stale) resend(source);
  else if (status === 204 && ask.contains(source)) granted();
  else if (wanted && user) askFirst(wanted, source);
  else return;
  event.preventDefault(); // this answer goes no further
});

function renew(token) {
  find("meta[name=csrf-token]").content = token;
  for (const input of document.querySelectorAll("input[name=csrf_token]")) input.value = token;
}

function askFirst(address, source) {
  asking ??= source; // the dialog's own form may have to be asked for something else first
  htmx.ajax("GET", address, { target: "#ask-body" });
}

function granted() {
  const source = asking;
  asking = null;
  ask.close();
  hush(); // what went wrong before it, such as a dialog that was closed without an answer, is over
  resend(source);
}

on("htmx:finally:request", ({ detail: { ctx } }) => {
  if (ctx.target?.parentElement === ask && !ask.open) asking = null; // there was no asking
});

ask.addEventListener("close", () => {
  if (!asking) return;
  say(`Not done. ${KEPT}.`);
  settle(asking);
  asking = null;
});

export function resend(source) {
  setTimeout(() => { // when htmx has put its own things in order
    if (source.requestSubmit) source.requestSubmit();
    else if (!source.matches("input")) source.click();
  });
  during(source);
}

on("htmx:response:error", ({ detail: { ctx } }) => {
  const { status } = ctx.response;
  if (status === 422 || ctx.hx.redirect || ctx.text.includes("<hx-partial") || isCheck(ctx)) return;
  const wait = ctx.response.headers.get("Retry-After");
  say((WORDS[status] ?? WORDS[status < 500 ? 404 : 500]).replace("a moment", wait > 0 ? `${wait} seconds` : "$&"));
});
