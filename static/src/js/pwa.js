// Makes the site an app: a service worker, word of a new version, and the offer to install it.
import { find, on } from "./page.js";
import { say } from "./toasts.js";

const { worker } = document.body.dataset; // none when it is switched off
const { serviceWorker } = navigator;

if (worker && serviceWorker) {
  const script = find("script[src]").src;
  const known = serviceWorker.controller;
  addEventListener("load", async () => {
    const registration = await serviceWorker.register(worker).catch(() => {});
    on("visibilitychange", () => document.hidden || registration?.update().catch(() => {}));
  });
  serviceWorker.addEventListener("controllerchange", async () => {
    if (known && !(await caches.match(script))) say("", "info", "#new-version"); // the new one keeps only its own files
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
