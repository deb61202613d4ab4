import "htmx.org";
import "./app.js";
import "./pwa.js";
