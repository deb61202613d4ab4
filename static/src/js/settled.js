// What tests wait for: <html data-busy> from the moment anything begins until all of it is over (docs/testing.md).
import { htmx } from "./loading.js";
import { on } from "./page.js";

const begun = new Set();

export function mark(what, busy) {
  begun[busy ? "add" : "delete"](what);
  document.documentElement.toggleAttribute("data-busy", begun.size);
}

export function during(what, milliseconds) {
  mark(what, true);
  setTimeout(mark, milliseconds, what);
}

mark(on, true);
addEventListener("load", () => during(on)); // htmx begins in between

on("htmx:before:request", ({ detail: { ctx } }) => mark(ctx, true));

on("htmx:finally:request", ({ detail: { ctx } }) => {
  mark(ctx);
  if (ctx.hx?.trigger === "file") ctx.keepIndicators = mark(begun); // the page stays, and htmx gives back the button
  else if (isAccepted(ctx)) leave();
});

// A check waits until nobody types.
on("input", (event) => {
  const [, pause] = event.target.getAttribute("hx-trigger")?.match(/delay:(\w+)/) ?? [];
  if (htmx && pause) during(event, htmx.parseInterval(pause));
});

// The answer is another page.
export const isAccepted = ({ keepIndicators, hx }) => keepIndicators && !hx.location;

const leave = () => during(begun, 60_000); // a page that is there after a minute stays: a link led to a file

on("submit", (event) => event.defaultPrevented || during(event, 100)); // the browser takes its time

Object.assign(window.navigation ?? {}, {
  onnavigate: ({ destination, downloadRequest }) => destination.sameDocument || (downloadRequest ?? leave()),
  onnavigateerror: () => mark(begun),
});

addEventListener("pageshow", () => mark(begun)); // Back has brought the page as it was
