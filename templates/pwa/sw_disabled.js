// The service worker is switched off (SW_DISABLED): whoever has one gets this instead, which leaves nothing behind.
addEventListener("install", () => skipWaiting());

addEventListener("activate", (event) => {
  event.waitUntil(leave());
});

async function leave() {
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
  await registration.unregister();
}
