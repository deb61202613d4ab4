// Times are told in the visitor's own zone, near days by name; the page says UTC, which stays as the title.
import { on } from "./page.js";

const day = (moment) => new Date(moment).setHours(0, 0, 0, 0);

function tell() {
  for (const time of document.querySelectorAll("time[datetime]:not([title])")) {
    const { dateTime, textContent } = time;
    time.title = textContent;
    const timeStyle = textContent.includes("UTC") ? "short" : undefined;
    const words = new Date(dateTime).toLocaleString("en-GB", { dateStyle: "long", timeStyle });
    const near = ["yesterday", "today", "tomorrow"][Math.round((day(dateTime) - day(Date.now())) / 864e5) + 1];
    time.textContent = near ? words.replace(/.*\d{4}/, near) : words;
  }
}

tell();
on("htmx:finally:request", tell);
