// In a dialog that shows one thing of a sequence: its links to the next and the previous one (`rel`), the arrow keys and a
// finger change what is shown. It comes with htmx, without which no dialog opens.
import htmx from "htmx.org";

const SWIPE = 50; // pixels
let start;

const on = (name, act) => document.addEventListener(name, act);

function turn(right) {
  const box = [...document.querySelectorAll("dialog[open]")].at(-1);
  const rel = box && right !== box.matches(":dir(rtl)") ? "next" : "prev";
  box?.querySelector(`a[rel=${rel}]`)?.click();
}

on("click", (event) => {
  const link = event.target.closest("dialog a[rel]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  htmx.ajax("GET", link.getAttribute("href"), { source: link, target: "#dialog-body" });
});

on("htmx:before:swap", (event) => { // the dialog was closed meanwhile
  const { sourceElement, target } = event.detail.ctx;
  if (target?.id === "dialog-body" && !sourceElement.isConnected) event.preventDefault();
});

on("keydown", ({ altKey, ctrlKey, key, metaKey, shiftKey }) => { // with Alt it is Back
  if (altKey || ctrlKey || metaKey || shiftKey) return;
  if (key === "ArrowLeft" || key === "ArrowRight") turn(key === "ArrowRight");
});

// Events of touch, for those of a pointer end when the browser scrolls, and `touch-action`, which would keep it from that, also
// keeps a finger from moving what is enlarged.
on("touchstart", ({ target, touches }) => {
  start = touches.length === 1 && visualViewport.scale < 1.01 && target.closest("dialog") && touches[0];
});

on("touchend", ({ changedTouches: [end] }) => {
  if (!start) return;
  const [x, y] = [end.clientX - start.clientX, end.clientY - start.clientY];
  start = null;
  if (Math.abs(x) >= SWIPE && Math.abs(x) > Math.abs(y)) turn(x < 0);
});
