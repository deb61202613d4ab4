// A dialog opens when something was put into its body. #dialog shows parts of the site, #ask what must be answered first.
// How #dialog goes from one thing to the next: turning.js.
import { find, on } from "./page.js";
import { mark } from "./settled.js";
import { settleToasts } from "./toasts.js";

export function open(box) {
  if (!box.open) box.showModal();
  mark(box, true);
  Promise.allSettled(box.getAnimations().map(({ finished }) => finished)).then(() => mark(box));
  if (box.id === "dialog") enter(box.querySelector("[data-address]")?.dataset.address);
  settleToasts();
  for (const other of document.querySelectorAll(`main #${box.id}-title`)) other.removeAttribute("id"); // one name, one heading
  const title = find(`#${box.id}-title`);
  title?.setAttribute("tabindex", -1);
  title?.focus();
  box.scrollTop = 0; // a title may stand far below
}

for (const box of document.querySelectorAll("dialog")) {
  box.addEventListener("close", () => {
    settleToasts();
    find(`#${box.id}-body`).replaceChildren();
  });
}

// Back closes #dialog, which has an entry of its own in the history: with the address of what it shows if that has one
// (`data-address`), and with that of the page when it is closed by hand. The entry then stays, for a step back without
// being asked would get in the way of the next page; instead Back goes two steps.
const place = () => location.pathname + location.search;
const page = place(); // what lies below the dialog, whatever the address bar says

// The address of the page if the address bar has another one.
function covered() {
  const { over } = history.state ?? {};
  if (over !== place()) return over;
}

if (covered()) history.replaceState(null, ""); // after a reload: what the dialog showed is the page now

function enter(address) {
  const { over } = history.state ?? {};
  if (over) return history.replaceState({ over }, "", address ?? covered());
  history.replaceState({ under: true }, "");
  history.pushState({ over: page }, "", address);
}

find("#dialog").addEventListener("close", () => {
  const over = covered();
  if (over) history.replaceState({ over }, "", over);
});

addEventListener("popstate", ({ state }) => {
  const opener = covered() && find(`[hx-target="#dialog-body"][href="${place()}"]`);
  const open = document.querySelectorAll("dialog[open]");
  if (opener) {
    opener.focus({ preventScroll: true });
    opener.click();
  } else if (place() !== page) location.reload();
  else if (state?.under) {
    if (!open.length) history.back();
    for (const box of open) box.close();
  }
});

on("htmx:after:swap", ({ detail: { ctx } }) => {
  const box = ctx.target?.parentElement;
  if (box?.matches("dialog")) open(box);
});

on("click", ({ target }) => {
  if (target.matches("dialog")) target.close(); // its backdrop
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
