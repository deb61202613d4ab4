// What HTML and htmx leave open: CSRF, toasts, the dialog, focus, and the key field. Without it everything still works.
import htmx from "htmx.org";

const find = (selector) => document.querySelector(selector);
const on = (name, act) => document.addEventListener(name, act);

// CSRF: each request carries the token of the page; an answer may bring a newer one.
on("htmx:config:request", ({ detail: { ctx } }) => {
  ctx.request.headers["X-CSRFToken"] = find("meta[name=csrf-token]").content;
});

on("htmx:after:request", ({ detail: { ctx } }) => {
  const token = ctx.response.headers.get("X-CSRF-Token");
  if (!token) return;
  find("meta[name=csrf-token]").content = token;
  document.querySelectorAll("input[name=csrf_token]").forEach((input) => (input.value = token));
});

// Toasts: good news goes by itself unless somebody is reading it, bad news stays; what comes later replaces both.
const toasts = find("#toasts");
const READING_TIME = 6000;

function watch(toast) {
  if (toast.dataset.toast === "error") return;
  let timer;
  const stop = () => clearTimeout(timer);
  const start = () => {
    stop();
    timer = setTimeout(() => (toast.matches(":hover, :focus-within") ? start() : toast.remove()), READING_TIME);
  };
  for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, start);
  start();
}

function complain(message) {
  const toast = find("#toast-template").content.cloneNode(true);
  toast.querySelector("p").textContent = message;
  toasts.append(toast);
}

new MutationObserver((changes) => {
  const fresh = changes.flatMap(({ addedNodes }) => [...addedNodes]).filter((node) => node.dataset);
  if (!fresh.length) return;
  for (const toast of [...toasts.children]) if (!fresh.includes(toast)) toast.remove();
  fresh.forEach(watch);
}).observe(toasts, { childList: true });
setTimeout(() => toasts.append(...toasts.children), 100); // a live region only speaks when it changes

const WORDS = {
  400: "That did not work. If you came by a link, it may have been used already.",
  403: "This page was open for too long. Please try again.", // the answer has just renewed the token
  404: "That is not possible any more. Please reload the page.",
  413: "That was too much at once.",
  429: "That was too often. Please wait a moment and try again.",
};

// A field checked while typing: when that fails, the form itself will say so.
const isCheck = (ctx) => ctx.sourceElement.matches("input");

on("htmx:response:error", ({ detail: { ctx } }) => {
  const { status } = ctx.response;
  if (status === 422 || ctx.hx.redirect || ctx.text.includes("<hx-partial") || isCheck(ctx)) return;
  complain(WORDS[status] ?? (status < 500 ? WORDS[404] : "Something went wrong on our side. Please try again in a moment."));
});

on("htmx:error", ({ detail: { ctx } }) => {
  if (ctx && !ctx.response && !isCheck(ctx)) complain("No answer. Please check your connection and try again.");
});

// The dialog opens when something was put into it. While it is open the toasts live inside, or nobody could reach them.
const dialog = find("#dialog");

function open() {
  dialog.showModal();
  dialog.append(toasts);
  dialog.scrollTop = 0;
  for (const other of document.querySelectorAll("main #dialog-title")) other.removeAttribute("id"); // one name, one heading
  const title = find("#dialog-title");
  title?.setAttribute("tabindex", -1);
  title?.focus();
}

dialog.addEventListener("close", () => {
  document.body.append(toasts);
  find("#dialog-body").replaceChildren();
});

dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
  const turn = event.target.closest("a[rel]");
  if (!turn || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  htmx.ajax("GET", turn.getAttribute("href"), { target: "#dialog-body" });
});

dialog.addEventListener("keydown", ({ key }) => {
  const rel = { ArrowLeft: "prev", ArrowRight: "next" }[key];
  if (rel) dialog.querySelector(`a[rel=${rel}]`)?.click();
});

on("submit", (event) => {
  if (!event.target.closest("dialog [data-close-dialog]")) return;
  event.preventDefault();
  dialog.close();
});

on("htmx:finally:request", ({ detail: { ctx } }) => { // not earlier: what is gone gets no answer
  const { dismiss } = ctx.sourceElement.dataset;
  if (!dismiss || !ctx.response?.raw.ok) return;
  find(dismiss)?.remove();
  ctx.sourceElement.closest("dialog")?.close();
  if (document.activeElement === document.body) find("#main").focus({ preventScroll: true });
});

// After a swap: the dialog, the state of a field checked while typing, and a place for the focus.
on("htmx:after:swap", ({ detail: { ctx } }) => {
  const { sourceElement: source, target } = ctx;
  if (target?.id === "dialog-body") return open();
  if (isCheck(ctx)) return mark(source);
  if (document.activeElement === document.body) settle(document.getElementById(target?.id));
});

function mark(input) {
  const wrong = document.getElementById(`${input.id}-error`)?.textContent.trim();
  if (wrong) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

function settle(part) {
  part?.querySelector("[aria-invalid=true], .form-control:not([hidden]), button:not([hidden])")?.focus();
}

// The key field: show it, and tell how strong a new one is. The server has the last word.
on("click", ({ target }) => {
  const toggle = target.closest("[data-key-toggle]");
  if (toggle) {
    const input = document.getElementById(toggle.dataset.keyToggle);
    const hidden = input.type === "password";
    input.type = hidden ? "text" : "password";
    toggle.textContent = hidden ? "Hide" : "Show";
  }
  target.closest("[data-dismiss-toast]")?.closest("[data-toast]").remove();
});

const STRENGTH = ["", "Too short", "Weak", "Good", "Strong"];

on("input", ({ target }) => {
  const meter = find(`[data-key-meter="${target.id}"]`);
  if (!meter) return;
  const { length } = target.value;
  const variety = new Set(target.value).size;
  const score = !length ? 0 : length < meter.dataset.least ? 1 : variety < 8 ? 2 : length < 20 ? 3 : 4;
  meter.hidden = !length;
  meter.firstElementChild.value = score;
  meter.lastElementChild.textContent = STRENGTH[score];
});

// Back must not show what a log-out has hidden.
addEventListener("pageshow", ({ persisted }) => {
  if (persisted && "private" in document.body.dataset) location.reload();
});
