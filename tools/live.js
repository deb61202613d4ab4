// For development only; `tools/live.py` puts it into every page. After a change the page is loaded again.
const { version } = document.currentScript.dataset;
let versions;

function listen() {
  versions?.close(); // a browser has few connections for all its tabs
  if (document.hidden) return;
  versions = new EventSource("/dev/reload");
  versions.onmessage = ({ data }) => {
    if (data === version) return;
    versions.close();
    location.reload();
  };
}

// What went wrong with a part of the page is shown above it.
function show(text) {
  const dialog = document.createElement("dialog");
  dialog.append(document.createElement("pre"));
  dialog.firstChild.textContent = text;
  document.body.append(dialog);
  dialog.showModal();
}

document.addEventListener("visibilitychange", listen);
document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  if (ctx.response.headers.has("X-Problem")) show(ctx.text);
});
listen();
