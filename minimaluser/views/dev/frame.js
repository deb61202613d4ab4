// For development only: what a state in the frame of the gallery needs besides the scripts of the site.
const { open, network } = document.currentScript.dataset;

// The network, as far as a page can pretend: for what scripts ask for.
const ask = window.fetch;
const SLOW = 2000; // milliseconds
if (network === "slow")
  window.fetch = async (...given) => {
    await new Promise((done) => setTimeout(done, SLOW));
    return ask(...given);
  };
if (network === "offline") {
  Object.defineProperty(navigator, "onLine", { get: () => false });
  window.fetch = (...given) => (`${given[0]}`.includes("/static/") ? ask(...given) : Promise.reject(new TypeError("Failed to fetch")));
  addEventListener("load", () => dispatchEvent(new Event("offline")));
}

// What is open: a menu, or a dialog with the part in it.
addEventListener("load", () => {
  const box = open && document.getElementById(open);
  if (!box) return;
  if (!box.matches("dialog")) return box.showPopover();
  const [body, part] = [document.getElementById(`${open}-body`), document.querySelector("main > .container")];
  if (body && part.contains(box)) {
    document.body.append(box); // where it stands on a page of the site
    body.append(some());
  } else if (body) body.append(...part.childNodes);
  box.showModal();
  const title = document.getElementById(`${open}-title`);
  title?.setAttribute("tabindex", -1);
  title?.focus();
});

// What stands in a dialog that is shown by itself.
function some() {
  const [section, title, words] = ["section", "h2", "p"].map((name) => document.createElement(name));
  section.className = "dialog-part";
  title.id = `${open}-title`;
  title.textContent = "A part of the site";
  words.textContent = "What a link or a button has asked for is shown here.";
  section.append(title, words);
  return section;
}

// Pages of the site cannot be shown in a frame, so links lead to a new tab.
if (parent !== window) {
  for (const name of ["click", "submit"])
    addEventListener(name, ({ defaultPrevented, target }) => {
      const leads = target.closest?.("a[href], form");
      if (!defaultPrevented && leads && !leads.matches("[href^='#'], [method=dialog]")) leads.target = "_blank";
    });
  // The keys of the gallery work from here, too.
  addEventListener("keydown", (event) => {
    if (!event.target.matches("input, textarea, select")) parent.postMessage({ key: event.key }, location.origin);
  });
}
