// Makes the site an app: a service worker, word of a new version, and the offer to install it.
import { find, on } from "./page.js";
import { say } from "./toasts.js";

const { worker } = document.body.dataset; // none when it is switched off
const { serviceWorker } = navigator;

if (worker && serviceWorker) {
  addEventListener("load", async () => {
    const registration = await serviceWorker.register(worker).catch(() => {});
    on("visibilitychange", () => document.hidden || registration?.update().catch(() => {}));
  });
  // A new worker says what it keeps: a page made of other files is an old one.
  serviceWorker.addEventListener("message", ({ data: files }) => {
    if (!files.includes(new URL(find("script[src]").src).pathname)) say("", "info", "#new-version");
  });
}

const offer = find("#install");
let prompt;

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  prompt = event;
  offer.hidden = false;
});

offer.addEventListener("click", () => {
  offer.hidden = true;
  prompt.prompt();
});
