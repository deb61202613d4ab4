// The network: its absence is shown as long as it lasts and told once. A form that was sent without one waits, unless
// somebody goes on typing in it, and goes out once when it is back. Only then: what was lost on the way may have arrived.
import { find, isCheck, on } from "./page.js";
import { resend } from "./requests.js";
import { say } from "./toasts.js";

const badge = find("#network");
let waiting; // the form

addEventListener("offline", () => {
  badge.hidden = false;
  say("You are offline. What you type stays here.");
});

addEventListener("online", () => {
  badge.hidden = true;
  const form = waiting?.isConnected && waiting;
  waiting = null;
  say(`You are online again.${form ? " We are sending what waited." : ""}`, "success");
  if (form) resend(form);
});

on("htmx:before:request", ({ detail: { ctx } }) => {
  ctx.unsent = !navigator.onLine; // it is tried all the same: a site on this very machine answers
});

on("htmx:after:request", () => (badge.hidden = true));

on("htmx:error", ({ detail: { ctx } }) => {
  if (!ctx || ctx.response) return;
  badge.hidden = false;
  if (isCheck(ctx)) return;
  waiting = ctx.unsent && ctx.sourceElement.matches("[method=post]") && ctx.sourceElement;
  if (waiting) say("You are offline. What you typed is still here and is sent when the connection is back.");
  else say("No answer. Please check your connection and try again.");
});

on("input", ({ target }) => {
  if (waiting && waiting.contains(target)) waiting = null;
});
