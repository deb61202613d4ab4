// A dialog opens when something was put into its body. #dialog shows parts of the site, #ask what must be answered first.
import { htmx } from "./loading.js";
import { find, on } from "./page.js";
import { mark } from "./settled.js";
import { settleToasts } from "./toasts.js";

export function open(box) {
  if (!box.open) box.showModal();
  mark(box, true);
  Promise.allSettled(box.getAnimations().map(({ finished }) => finished)).then(() => mark(box));
  if (box.id === "dialog") enter();
  settleToasts();
  box.scrollTop = 0;
  for (const other of document.querySelectorAll(`main #${box.id}-title`)) other.removeAttribute("id"); // one name, one heading
  const title = find(`#${box.id}-title`);
  title?.setAttribute("tabindex", -1);
  title?.focus();
}

for (const box of document.querySelectorAll("dialog")) {
  box.addEventListener("close", () => {
    settleToasts();
    find(`#${box.id}-body`).replaceChildren();
  });
}

// Back closes #dialog, which has an entry of its own in the history. Closed by hand it leaves the entry there, for a
// step back without being asked would get in the way of the next page; instead Back then goes two steps.
function enter() {
  if (history.state?.over) return;
  history.replaceState({ under: true }, "");
  history.pushState({ over: true }, "");
}

addEventListener("popstate", ({ state }) => {
  if (!state?.under) return;
  const open = document.querySelectorAll("dialog[open]");
  for (const box of open) box.close();
  if (!open.length) history.back();
});

on("htmx:after:swap", ({ detail: { ctx } }) => {
  const box = ctx.target?.parentElement;
  if (box?.matches("dialog")) open(box);
});

on("click", (event) => {
  const { target } = event;
  if (target.matches("dialog")) target.close(); // its backdrop
  const turn = target.closest("dialog a[rel]");
  if (!turn || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  htmx.ajax("GET", turn.getAttribute("href"), { target: "#dialog-body" });
});

on("keydown", ({ key }) => {
  const rel = { ArrowLeft: "prev", ArrowRight: "next" }[key];
  if (rel) find(`dialog[open] a[rel=${rel}]`)?.click();
});

on("submit", (event) => {
  if (!event.target.matches("dialog [data-close-dialog]")) return;
  event.preventDefault();
  event.target.closest("dialog").close();
});

on("htmx:finally:request", ({ detail: { ctx } }) => { // not earlier: what is gone gets no answer
  const { dismiss } = ctx.sourceElement.dataset;
  if (!dismiss || !ctx.response?.raw.ok) return;
  find(dismiss)?.remove();
  ctx.sourceElement.closest("dialog")?.close();
  if (document.activeElement === document.body) find("#main").focus({ preventScroll: true });
});
