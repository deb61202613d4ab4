// Fields: the state of one checked while typing, a place for the focus after a swap, and the key field.
import { find, isCheck, on } from "./page.js";
import { isAccepted } from "./settled.js";
import { say } from "./toasts.js";

on("htmx:after:swap", ({ detail: { ctx } }) => {
  restore(ctx);
  if (isCheck(ctx)) mark(ctx.sourceElement);
  else if (document.activeElement === document.body) settle(document.getElementById(ctx.target?.id) ?? list, at);
});

function mark(input) {
  const wrong = document.getElementById(`${input.id}-error`)?.textContent.trim();
  if (wrong) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

// A refused form comes back without its keys, which no answer has in it. What was typed is put back from the form before,
// but for a key that was wrong, and for the repetition of a new one that was.
function restore({ locked, response }) {
  if (response?.status !== 422) return;
  let wrong;
  for (const { autocomplete, id, value } of (locked ?? []).filter((field) => field.matches(".key-box input"))) {
    const input = document.getElementById(id);
    if (input?.matches("[aria-invalid]")) wrong = autocomplete;
    else if (input && autocomplete !== wrong) input.value = value;
  }
}

// Refused for another reason than its fields: what they said about the try before is not true of this one.
on("htmx:response:error", ({ detail: { ctx } }) => {
  if (ctx.response.status === 422 || isCheck(ctx)) return;
  for (const error of ctx.sourceElement.querySelectorAll("[role=alert]:is(.field-error, .form-error)")) error.textContent = "";
  for (const input of ctx.sourceElement.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
});

// Of what is removed from a list, the button that takes its place gets the focus, or the one before it, or the heading.
let list, at;
const buttons = (part) => [...part.querySelectorAll("button:not([hidden])")];

on("htmx:before:swap", ({ detail: { ctx: { sourceElement, swap, target } } }) => {
  list = swap === "delete" && target.parentElement.closest("section, main");
  const gone = list ? target : sourceElement.closest("li");
  at = gone ? buttons(list || target).findIndex((button) => gone.contains(button)) : 0;
});

export function settle(part, at = 0) {
  if (!part) return;
  const field = part !== list && part.querySelector("[aria-invalid=true], .form-control:not([hidden])");
  const all = buttons(part);
  const to = field || all[at] || all.at(-1) || part.querySelector("h1, h2");
  if (!to) return;
  if (!field && !all.length) to.tabIndex = -1;
  to.focus();
}

// What a check says would move a button away that is being pressed, and the press would be lost. The form says it too.
let pressed;
for (const name of ["pointerdown", "pointerup", "pointercancel", "keydown"])
  on(name, ({ type, target }) => (pressed = type === "pointerdown" && target.closest("button, a")));

on("htmx:before:swap", (event) => {
  if (pressed && isCheck(event.detail.ctx)) event.preventDefault();
});

// The answer takes the place of its form, and what is put in meanwhile would go with it: until then nobody can. Fields
// keep the focus and their values, and say that they are read-only.
on("htmx:before:request", ({ detail: { ctx } }) => {
  ctx.locked = [...(ctx.sourceElement.elements ?? [])].filter((field) => !field.readOnly);
  lock(ctx.locked, true);
});

on("htmx:finally:request", ({ detail: { ctx } }) => {
  if (!isAccepted(ctx)) lock(ctx.locked ?? [], false);
});

function lock(fields, locked) {
  for (const field of fields) {
    field.readOnly = locked;
    if (field.options) field.inert = locked;
  }
}

on("click", (event) => {
  if (event.target.readOnly) event.preventDefault(); // nor can a box be ticked
});

// The key field: show it, and tell how strong a new one is. The server has the last word.
on("click", ({ target }) => {
  const toggle = target.closest("[data-key-toggle]");
  if (!toggle) return;
  const input = document.getElementById(toggle.dataset.keyToggle);
  const hidden = input.type === "password";
  input.type = hidden ? "text" : "password";
  toggle.textContent = hidden ? "Hide" : "Show";
});

// A key that is shown once can be copied, or is selected if the browser does not let us.
on("click", async ({ target }) => {
  if (!target.matches("[data-copy]")) return;
  const shown = target.previousElementSibling;
  getSelection().selectAllChildren(shown);
  try {
    await navigator.clipboard.writeText(shown.textContent);
    say("Copied.", "success");
  } catch {
    say("Please copy the key by hand; it is selected.");
  }
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
