// For development only; `tools/live.py` puts it into every page. After a change the page is loaded again.
// The same file runs as a worker that all tabs share, because a browser opens few connections to a site.
const channel = new BroadcastChannel("versions");

if (globalThis.document) {
  const { version } = document.currentScript.dataset;
  channel.onmessage = ({ data }) => {
    if (document.hidden || data === version) return;
    channel.close(); // or the next message would begin the loading anew
    location.reload();
  };
  new SharedWorker("/dev/reload.js");
  document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
    if (ctx.response.headers.has("X-Problem")) show(ctx.text);
  });
} else {
  new EventSource("/dev/reload").onmessage = ({ data }) => channel.postMessage(data);
}

// What went wrong with a part of the page is shown above it.
function show(text) {
  const dialog = document.createElement("dialog");
  dialog.append(document.createElement("pre"));
  dialog.firstChild.textContent = text;
  document.body.append(dialog);
  dialog.showModal();
}
