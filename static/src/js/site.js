// What HTML and htmx leave open. Without it everything still works.
import "./loading.js";
import "./settled.js";
import "./toasts.js";
import "./dialogs.js";
import "./fields.js";
import "./requests.js";
import "./network.js";
import "./tabs.js";
import "./times.js";
import "./pwa.js";
