// The other tabs of this browser: what a log-out ends must end in all of them, and Back must not bring it back. A guest's
// tab becomes somebody's when another one does, but not while something typed would be lost.
// A tab tells the others whose it is, by a mark that says nothing else: nobody's, when it has logged out.
import { on, user } from "./page.js";

const tabs = new BroadcastChannel("user");
const hide = (hidden) => (document.documentElement.hidden = hidden);

if (user) tabs.postMessage(user);

tabs.onmessage = ({ data }) => {
  if (data === (user ?? "")) return;
  if (!user) return isTypedIn() || location.reload();
  hide(true);
  location.replace("/");
};

const isTypedIn = () => [...document.querySelectorAll("input, textarea")].some((field) => field.value !== field.defaultValue);

// When the next page is there: it has taken the words that wait for one.
on("left", () => addEventListener("pagehide", () => tabs.postMessage("")));

if ("private" in document.body.dataset) {
  addEventListener("pagehide", () => hide(true));
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) location.reload();
  });
}
