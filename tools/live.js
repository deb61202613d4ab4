// For development only; `tools/live.py` puts it into every page. It reloads the page after a change.
// The same file runs as a worker that all tabs share, because a browser opens few connections to a site.
const channel = new BroadcastChannel("versions");

if (globalThis.document) {
  const { version } = document.currentScript.dataset;
  channel.onmessage = ({ data }) => {
    if (document.hidden || data === version) return;
    channel.close(); // or the next message would restart the reload
    location.reload();
  };
  new SharedWorker("/dev/reload.js");
  document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
    if (ctx.response.headers.has("X-Problem")) show(ctx.text);
  });
} else {
  new EventSource("/dev/reload").onmessage = ({ data }) => channel.postMessage(data);
}

// Shows an error in a fragment above the page.
function show(text) {
  const dialog = document.createElement("dialog");
  dialog.append(document.createElement("pre"));
  dialog.firstChild.textContent = text;
  document.body.append(dialog);
  dialog.showModal();
}
