/* Keeps only the part of Bootstrap's CSS that the site uses: the classes in templates and scripts, and all bare elements.
   A class used for the first time is in the next build; `make run` builds by itself. Our own CSS is never purged. */
import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { PurgeCSS } from "purgecss";

const FILE = /bootstrap\.css$/;
const USERS = { templates: [".html"], "static/src/js": [".js"] };
const OWN_CSS = "static/src";

/* List here the classes that templates put together, as in `btn-{{ kind }}`, and so do not contain as a whole. */
const ASSEMBLED = [];

/* Elements are kept whether a template names them or not: WTForms and browsers make some. */
const ELEMENTS =
  "a abbr address audio b blockquote body button canvas caption code dd del details dialog div dl dt em fieldset figcaption " +
  "figure form h1 h2 h3 h4 h5 h6 hr html iframe img input ins kbd label legend li main mark meter nav ol optgroup option " +
  "output p pre progress q s samp search section select small span strong sub summary sup svg table tbody td textarea " +
  "tfoot th thead tr u ul var video";

const nothing = { attributes: { names: [], values: [] }, classes: [], ids: [], tags: [], undetermined: [] };
const extractors = [{ extensions: ["elements"], extractor: (names) => ({ ...nothing, tags: names.split(" ") }) }];

export const onlyWhatIsUsed = {
  name: "only-what-is-used",
  setup({ onLoad }) {
    onLoad({ filter: FILE }, async ({ path }) => {
      const [{ css }] = await new PurgeCSS().purge({
        css: [{ raw: await readFile(path, "utf8") }],
        content: [...(await users()), { raw: ELEMENTS, extension: "elements" }],
        extractors,
        safelist: { standard: ASSEMBLED, variables: await ownVariables() },
        variables: true,
      });
      return { contents: css, loader: "css" };
    });
  },
};

/* The folders that a build reads besides static/. */
export const folders = Object.keys(USERS);

async function users() {
  const found = Object.entries(USERS).map(([folder, endings]) => read(folder, endings));
  return (await Promise.all(found)).flat();
}

async function ownVariables() {
  const css = (await read(OWN_CSS, [".css"])).map(({ raw }) => raw).join("");
  return [...new Set(css.match(/--bs-[\w-]+/g))];
}

async function read(folder, endings) {
  const names = (await readdir(folder, { recursive: true })).filter((name) => endings.includes(extname(name)));
  return Promise.all(
    names.map(async (name) => ({ raw: await readFile(join(folder, name), "utf8"), extension: extname(name).slice(1) })),
  );
}
