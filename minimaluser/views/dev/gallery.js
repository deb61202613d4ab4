// For development only: makes the gallery quick. Without it everything works by links.
const find = (selector) => document.querySelector(selector);
const search = find("[type=search]");
const links = [...document.querySelectorAll("[data-id][href]")];

// Another state or another look: what is around the frame comes anew, and a frame that shows the same stays as it is.
async function show(wanted, add = true) {
  const address = add ? searched(wanted) : wanted;
  const answer = await fetch(address);
  if (!answer.ok) return location.assign(address);
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (add) history.pushState({}, "", address);
  document.title = next.title;
  find("main").dataset.id = next.querySelector("main").dataset.id;
  next.querySelector("#fold").checked = find("#fold").checked;
  const [old, frame] = [find("#frame"), next.querySelector("#frame")];
  const stays = old.getAttribute("src") === frame.getAttribute("src");
  for (const name of ["class", "width", "data-scheme"]) {
    if (frame.hasAttribute(name)) old.setAttribute(name, frame.getAttribute(name));
    else old.removeAttribute(name);
  }
  for (const id of ["#top", "#about", ...(stays ? [] : ["#stage"])]) find(id).replaceWith(next.querySelector(id));
  refresh(next);
  ready();
}

// The list stays as it is, but for what its links lead to and which of them is chosen.
function refresh(next) {
  const theirs = new Map([...next.querySelectorAll("[data-id][href]")].map((link) => [link.dataset.id, link.getAttribute("href")]));
  for (const link of links) {
    if (theirs.has(link.dataset.id)) link.href = theirs.get(link.dataset.id);
    link.removeAttribute("aria-current");
  }
  const chosen = links.find((link) => link.dataset.id === find("main").dataset.id);
  if (!chosen) return;
  chosen.setAttribute("aria-current", "page");
  chosen.closest("details").open = true;
  reveal(chosen);
}

// Only the list moves, not the page.
function reveal(link) {
  const list = find("#groups");
  const [around, here] = [list.getBoundingClientRect(), link.getBoundingClientRect()];
  if (here.top < around.top || here.bottom > around.bottom) list.scrollTop += here.top - around.top - around.height / 2;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link || link.target || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  show(link.href);
});

addEventListener("popstate", () => show(location.href, false));

// The search hides what has not all of its words; Enter shows the first that is left, and the keys go on from there.
search.form.addEventListener("submit", (event) => {
  event.preventDefault();
  search.blur();
  links.find((link) => !link.parentElement.hidden)?.click();
});

search.addEventListener("input", filter);

function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const link of links) {
    const name = link.dataset.id.replaceAll("-", " ");
    link.parentElement.hidden = !words.every((word) => name.includes(word) || link.dataset.id.includes(word));
  }
  for (const part of document.querySelectorAll(".g-template, .g-group")) {
    const left = part.querySelector("li:not([hidden])");
    part.hidden = !left;
    if (part.matches("details")) part.open = words.length ? Boolean(left) : Boolean(part.querySelector("[aria-current]"));
  }
  find("#none").hidden = links.some((link) => !link.parentElement.hidden);
  history.replaceState({}, "", searched(location.href));
}

// The address says what is searched for, too; `/` stays as it is in it.
function searched(address) {
  const [place, query = ""] = `${address}`.split("?");
  const said = query.split("&").filter((each) => each && !each.startsWith("q="));
  if (search.value.trim()) said.push(`q=${encodeURIComponent(search.value)}`);
  return said.length ? `${place}?${said.join("&")}` : place;
}

// Keys: they go through what the search has left.
function press(key) {
  const step = { j: 1, ArrowRight: 1, k: -1, ArrowLeft: -1 }[key];
  if (key === "/") search.select();
  if (key === "o") open(find("#frame").src);
  if (!step) return;
  const left = links.filter((link) => !link.parentElement.hidden);
  const at = left.findIndex((link) => link.hasAttribute("aria-current"));
  left[(at + step + left.length) % left.length]?.click();
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select")) return;
  if (event.key === "/") event.preventDefault();
  press(event.key);
});

addEventListener("message", ({ origin, data }) => {
  if (origin === location.origin && data?.key) press(data.key);
});

// The width: what is wider than the room is shown smaller.
function ready() {
  const [frame, stage, width, shown] = ["#frame", "#stage", "#width", "#shown"].map(find);
  width.hidden = false;
  const fit = () => {
    const [room, high] = [stage.clientWidth - 2, stage.clientHeight - 2]; // an outline is around the frame
    const wanted = Number(frame.getAttribute("width")) || room;
    const scale = Math.min(1, room / wanted);
    frame.style.width = `${wanted}px`;
    frame.style.height = `${high / scale}px`;
    frame.style.transform = scale < 1 ? `scale(${scale})` : "";
    shown.value = `${wanted} px${scale < 1 ? `, ${Math.round(scale * 100)} %` : ""}`;
  };
  width.oninput = () => {
    frame.setAttribute("width", width.value);
    fit();
  };
  width.onchange = () => {
    const address = new URL(location.href);
    address.searchParams.set("width", width.value);
    show(address);
  };
  find("#theme")?.addEventListener("change", ({ target }) => {
    const address = new URL(location.href);
    address.searchParams.set("theme", target.value);
    show(address);
  });
  new ResizeObserver(fit).observe(stage);
  frame.onload = () => colour(frame);
  if (frame.contentDocument?.readyState === "complete") colour(frame);
  fit();
}

// The colours: browsers that do not take the scheme of a frame from its element are told inside. Those of a contrast
// theme are put on by hand, as far as that goes.
function colour({ contentDocument: page, contentWindow, dataset: { scheme } }) {
  if (!page?.head) return;
  page.documentElement.style.colorScheme = ["light", "dark"].includes(scheme) ? scheme : "";
  const wanted = scheme === "forced";
  page.forcedRules ??= [...page.styleSheets].flatMap((sheet) => [...about(sheet)]);
  for (const rule of page.forcedRules) rule.media.mediaText = wanted ? "all" : "(forced-colors: active)";
  page.forcedSheet ??= new contentWindow.CSSStyleSheet();
  page.forcedSheet.replaceSync(wanted ? FORCED : "");
  if (!page.adoptedStyleSheets.includes(page.forcedSheet)) page.adoptedStyleSheets.push(page.forcedSheet);
}

function* about({ cssRules }) {
  for (const rule of cssRules) {
    if (rule.media?.mediaText.includes("forced-colors")) yield rule;
    else if (rule.cssRules) yield* about(rule);
  }
}

const FORCED = `
  * { background-color: Canvas !important; border-color: CanvasText !important; color: CanvasText !important;
    box-shadow: none !important; text-shadow: none !important; accent-color: auto !important; }
  a, a * { color: LinkText !important; }
  button, .btn { background-color: ButtonFace !important; border-color: ButtonBorder !important; color: ButtonText !important; }
  input, textarea, select { background-color: Field !important; color: FieldText !important; }
  :disabled { color: GrayText !important; }
  :focus-visible { outline-color: Highlight !important; }`;

reveal(find(".g-list [aria-current]"));
ready();
