// A file of its own, which pages load when somebody begins to do something; see loading.js.
export { default } from "htmx.org";
