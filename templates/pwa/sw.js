// Keeps the files of this list and one page for when there is no connection. Every other page comes from the network
// and is never kept, nor is anything that is somebody's: the page is the same for all. It is asked for with credentials
// all the same, for a site may be behind a password of its server's. A change of anything listed makes another VERSION.
const VERSION = {{ version | tojson }};
const OFFLINE = {{ url_for('pwa.offline') | tojson }};
const FILES = {{ files | tojson(indent=2) }};

addEventListener("install", (event) => {
  skipWaiting(); // pages are never kept, so no page can meet a worker that is too new for it
  event.waitUntil(keep());
});

addEventListener("activate", (event) => {
  event.waitUntil(tidy());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const { origin, pathname } = new URL(request.url);
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (origin === location.origin && FILES.includes(pathname)) event.respondWith(file(request));
});

async function keep() {
  const cache = await caches.open(VERSION);
  await cache.addAll([new Request(OFFLINE, { cache: "reload" }), ...FILES]);
}

async function tidy() {
  const old = (await caches.keys()).filter((name) => name !== VERSION);
  await Promise.all(old.map((name) => caches.delete(name)));
  await registration.navigationPreload?.enable();
  await clients.claim();
  for (const client of await clients.matchAll()) client.postMessage(FILES);
}

async function page(event) {
  try {
    return (await event.preloadResponse) || (await fetch(event.request));
  } catch {
    return (await kept(OFFLINE)) || Response.error();
  }
}

async function file(request) {
  return (await kept(request)) || fetch(request);
}

function kept(request) {
  return caches.match(request, { cacheName: VERSION, ignoreVary: true });
}
