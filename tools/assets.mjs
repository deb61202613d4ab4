/* Builds the files for browsers from static/src and static/icons into static/build: every name contains a hash, gzip
   and Brotli copies lie beside each file, and manifest.json maps plain names to hashed ones. `make assets` runs it;
   `make run` runs it with --watch, which builds again whenever a source or a template changes. It then prints errors
   only, and writes them to static/build/error.txt for the pages of `make run`; the next successful build removes it. */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { build, formatMessages } from "esbuild";
import { folders, onlyWhatIsUsed } from "./bootstrap.mjs";

const SCRIPTS = ["static/src/js/site.js", "static/src/js/htmx.js", "static/src/js/offline.js"];
const THEMES = "static/src/themes"; // a folder each, with its sheet
const SHEET = "site.css";
const PARTS = resolve("static/src/css/parts");
const COPIED = "static/icons";
const WATCHED = ["static/src", COPIED, ...folders];
const OUT = "static/build";
const BROWSERS = ["chrome120", "edge120", "firefox121", "safari17"];
const TEXT = new Set([".css", ".js", ".svg", ".json", ".txt"]);

/* Bootstrap's CSS has ticks and arrows as data: addresses, which our Content-Security-Policy does not allow. */
const dataUrlsToFiles = {
  name: "data-urls-to-files",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^data:image\/svg\+xml,/ }, ({ path }) => {
      const svg = decodeURIComponent(path.slice(path.indexOf(",") + 1));
      const hash = createHash("sha256").update(svg).digest("hex");
      return { path: `${hash}/inline.svg`, namespace: "svg", pluginData: svg };
    });
    onLoad({ filter: /.*/, namespace: "svg" }, ({ pluginData }) => ({ contents: pluginData, loader: "file" }));
  },
};

/* The style sheets of the parts: every file in their folder. */
const styles = {
  name: "styles-of-the-parts",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^parts$/ }, () => ({ path: "parts", namespace: "parts" }));
    onLoad({ filter: /.*/, namespace: "parts" }, async () => {
      const names = (await readdir(PARTS).catch(() => [])).sort();
      return { contents: names.map((name) => `@import "./${name}";`).join("\n"), loader: "css", resolveDir: PARTS };
    });
  },
};

if (process.argv.includes("--watch")) await watch();
else console.log(`${OUT}: ${await make()} files`);

async function make() {
  const manifest = {};
  const files = new Map(); // path inside OUT -> bytes
  for (const [name, path, bytes] of [...(await bundled()), ...(await copied())]) {
    if (name) manifest[name] = path;
    files.set(path, bytes);
  }
  const texts = [...files].filter(([path]) => TEXT.has(extname(path)));
  const smaller = await Promise.all(texts.map(compressed));
  for (const [path, bytes] of smaller.flat()) files.set(path, bytes);
  await write(manifest, files);
  return Object.keys(manifest).length;
}

/* Polls instead of using file events: that works on every disk, and no queue can overflow. */
async function watch() {
  for (let seen; ; await setTimeout(300)) {
    const now = await state();
    if (now === seen) continue;
    seen = now;
    await make().catch(tell);
  }
}

async function tell({ message }) {
  console.error(message);
  await mkdir(OUT, { recursive: true });
  await writeFile(join(OUT, "error.txt"), message);
}

async function state() {
  const found = WATCHED.map(async (folder) => {
    const names = await readdir(folder, { recursive: true });
    const times = names.map(async (name) => (await stat(join(folder, name)).catch(() => ({}))).mtimeMs);
    return [names, await Promise.all(times)];
  });
  return JSON.stringify(await Promise.all(found));
}

async function bundled() {
  const result = await build({
    entryPoints: [...SCRIPTS, ...(await themes())],
    outdir: OUT,
    entryNames: "[name].[hash]",
    assetNames: "[name].[hash]",
    bundle: true,
    minify: true,
    metafile: true,
    write: false,
    format: "esm",
    splitting: true,
    target: BROWSERS,
    loader: { ".svg": "file", ".png": "file", ".woff2": "file" },
    plugins: [styles, onlyWhatIsUsed, dataUrlsToFiles],
    logLevel: "silent",
  }).catch((failure) => failure);
  if (!result.metafile || result.warnings.length) throw new Error(await complaints(result));
  const entryOf = (path) => result.metafile.outputs[relative(".", path)].entryPoint;
  return result.outputFiles.map(({ path, contents }) => [
    entryOf(path) && plain(entryOf(path)),
    relative(OUT, path),
    contents,
  ]);
}

async function themes() {
  const names = await readdir(THEMES, { recursive: true });
  return names.filter((name) => basename(name) === SHEET).map((name) => join(THEMES, name));
}

/* The name in the manifest: of a sheet, that of its theme. */
function plain(entry) {
  return basename(entry) === SHEET ? `${basename(dirname(entry))}.css` : basename(entry);
}

async function complaints({ message, errors = [], warnings }) {
  const told = [await formatMessages(errors, { kind: "error" }), await formatMessages(warnings ?? [], { kind: "warning" })];
  return told.flat().join("\n") || message;
}

async function copied() {
  const names = await readdir(COPIED, { recursive: true });
  const out = [];
  for (const name of names.sort()) {
    const path = join(COPIED, name);
    if (extname(name) === ".py" || (await stat(path)).isDirectory()) continue;
    const bytes = await readFile(path);
    const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase();
    const plain = join(basename(COPIED), name);
    out.push([plain, `${plain.slice(0, -extname(plain).length)}.${hash}${extname(plain)}`, bytes]);
  }
  return out;
}

async function compressed([path, bytes]) {
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  const [gz, br] = await Promise.all([
    promisify(gzip)(bytes, { level: 9 }),
    promisify(brotliCompress)(bytes, brotli),
  ]);
  const copies = [[`${path}.gz`, gz], [`${path}.br`, br]];
  return copies.filter(([, copy]) => copy.length < bytes.length);
}

async function write(manifest, files) {
  await mkdir(OUT, { recursive: true });
  for (const [path, bytes] of files) {
    await mkdir(join(OUT, path, ".."), { recursive: true });
    await writeFile(join(OUT, path), bytes);
  }
  // The manifest comes last and atomically: a running site never reads half of it, or a name without its file.
  const half = join(OUT, `manifest.${process.pid}.tmp`);
  await writeFile(half, `${JSON.stringify(manifest, null, 2)}\n`);
  await rename(half, join(OUT, "manifest.json"));
  for (const found of await readdir(OUT, { recursive: true, withFileTypes: true })) {
    const path = join(found.parentPath ?? found.path, found.name);
    const name = relative(OUT, path);
    if (found.isDirectory() || name === "manifest.json" || name.endsWith(".tmp") || files.has(name)) continue;
    await rm(path, { force: true }); // the watcher of a running site may build at the same time
  }
}
