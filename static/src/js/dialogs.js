// A dialog opens when something was put into its body. #dialog shows parts of the site, #ask what must be answered first.
import htmx from "htmx.org";
import { find, on } from "./page.js";
import { settleToasts } from "./toasts.js";

export function open(box) {
  if (!box.open) box.showModal();
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
