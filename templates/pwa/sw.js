// Keeps the look and one page for when there is no connection; every other page comes from the network.
const OFFLINE = {{ url_for('pwa.offline') | tojson }};
const FILES = {{ [
  asset('site.css'),
  asset('site.js'),
  asset('icons/icon.svg'),
  asset('icons/favicon.svg'),
  asset('icons/icon-192.png'),
] | tojson }};
const CACHE = "site " + {{ [asset('site.css'), asset('site.js'), asset('icons/icon.svg')] | join(' ') | tojson }};

addEventListener("install", (event) => {
  skipWaiting();
  const fresh = [OFFLINE, ...FILES].map((address) => new Request(address, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)));
});

addEventListener("activate", (event) => {
  event.waitUntil(tidy());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (FILES.includes(new URL(request.url).pathname)) event.respondWith(file(request));
});

async function tidy() {
  const old = (await caches.keys()).filter((name) => name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await registration.navigationPreload?.enable();
  await clients.claim();
}

async function page(event) {
  try {
    return (await event.preloadResponse) || (await fetch(event.request));
  } catch {
    return (await caches.match(OFFLINE, { ignoreVary: true })) || Response.error();
  }
}

async function file(request) {
  return (await caches.match(request, { ignoreVary: true })) || fetch(request);
}
