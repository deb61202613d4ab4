// Toasts: good news goes by itself unless somebody is reading it, bad news and what asks
// for something stay; what comes later replaces all.
import { find, on } from "./page.js";

const READING_TIME = 6000;
const toasts = find("#toasts");

export function say(message, kind = "error", template = `#toast-${kind}`) {
  const toast = find(template).content.cloneNode(true);
  if (message) toast.querySelector("p").textContent = message;
  toasts.append(toast);
}

export const hush = () => toasts.replaceChildren();

// While a dialog is open the toasts live inside, or nobody could reach them.
export const settleToasts = () => ([...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body).append(toasts);

// What has the focus comes out from under a toast and the cookie banner: margins of scrolling say how far (css/bars.css).
// Firefox does not look at them when the focus comes, and nobody when a toast does.
function clear() {
  find(":is(main, .site-footer) :focus-visible:not([tabindex='-1'])")?.scrollIntoView({ block: "nearest" });
}

on("focusin", clear);

function watch(toast) {
  if (toast.matches("[data-toast=error], :has(a)")) return;
  let timer;
  const stop = () => clearTimeout(timer);
  const start = () => {
    stop();
    timer = setTimeout(() => (toast.matches(":hover, :focus-within") ? start() : toast.remove()), READING_TIME);
  };
  for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, start);
  start();
}

new MutationObserver((changes) => {
  document.body.toggleAttribute("data-toasts", toasts.children.length); // CSS could ask :has(), but Firefox would not notice
  const fresh = changes.flatMap(({ addedNodes }) => [...addedNodes]).filter((node) => node.dataset);
  if (!fresh.length) return;
  for (const toast of [...toasts.children]) if (!fresh.includes(toast)) toast.remove();
  fresh.forEach(watch);
  clear();
}).observe(toasts, { childList: true });
setTimeout(() => toasts.append(...toasts.children), 100); // a live region only speaks when it changes

document.addEventListener("click", ({ target }) => {
  target.closest("[data-dismiss-toast]")?.closest("[data-toast]").remove();
});
