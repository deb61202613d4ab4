// A file of its own, which pages load when somebody begins to do something; see loading.js.
import "./turning.js";

export { default } from "htmx.org";
