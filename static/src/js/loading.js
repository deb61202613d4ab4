// htmx is loaded at the first sign that somebody is there: a pointer, a finger, a key, a field with the focus. Whoever only
// reads does without. What is done before htmx is ready waits for it; if it cannot be had, the browser goes on without it.
import { mark } from "./settled.js";
import { say } from "./toasts.js";

export let htmx;
let loading, kept;

const until = new AbortController();
const options = { capture: true, signal: until.signal };
for (const name of ["pointermove", "pointerdown", "keydown", "focusin"]) addEventListener(name, first, options);
for (const name of ["click", "submit", "input", "change"]) addEventListener(name, keep, options);
if (document.querySelector(":focus")) load();

function first({ movementX, movementY, type }) {
  if (type === "pointermove" && !movementX && !movementY) return; // it is the page that has moved
  if (loading === undefined) load(); // after a failure only for what is done
}

async function load() {
  if (loading) return;
  loading = import("./htmx.js");
  try {
    htmx = (await loading).default;
    setTimeout(goOn); // htmx goes through the page first
  } catch {
    loading = null;
    if (navigator.onLine) goOn();
    else if (kept) say("No answer. Please check your connection and try again.");
    forget(); // nobody expects it later
  }
}

function keep(event) {
  const { button, ctrlKey, metaKey, shiftKey, submitter, target, type } = event;
  const source = target.closest?.("[hx-get], [hx-post]");
  if (!source || button || ctrlKey || metaKey || shiftKey) return;
  const acts = source.matches("form") ? ["submit"] : source.matches("input") ? ["input", "change"] : ["click"];
  if (!acts.includes(type)) return;
  kept = { source, submitter, type };
  mark(keep, true);
  load();
  if (!event.cancelable) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

function goOn() {
  until.abort();
  const { source, submitter, type } = kept ?? {};
  if (!source?.isConnected) return forget();
  if (type === "submit") source.requestSubmit(submitter);
  else if (type === "click") source.click();
  else source.dispatchEvent(new Event(type, { bubbles: true }));
  forget();
}

function forget() {
  kept = null;
  mark(keep);
}
