// Builds the page into ../resources/META-INF/resources, where the service serves it from.
//
//   node build.mjs           writes the bundle
//   node build.mjs --check   builds in memory and compares with what is committed
//
// The bundle is committed, so that Maven needs neither Node nor a second registry. bundle.json lists
// the digests of what went in and what came out; PageBundleTest compares them in every build.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "../resources/META-INF/resources");
const list = join(here, "bundle.json");

const result = await build({
  absWorkingDir: here,
  entryPoints: { app: "src/main.tsx", page: "src/page.css" },
  outdir: target,
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["chrome120", "firefox121", "safari17"],
  jsx: "automatic",
  jsxImportSource: "preact",
  chunkNames: "[name]-[hash]",
  minify: true,
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  write: false,
  logLevel: "warning",
});

/** Every file of the page: name -> bytes. */
const outputs = new Map(
  result.outputFiles.map((file) => [relative(target, file.path), Buffer.from(file.contents)]),
);
for (const name of ["index.html", "icon.svg"]) {
  outputs.set(name, readFileSync(join(here, "src", name)));
}
outputs.set("licenses.txt", Buffer.from(licenses(result.metafile)));

/** The license texts of the packages whose code is in the bundle. */
function licenses(metafile) {
  const packages = new Set();
  for (const input of Object.keys(metafile.inputs)) {
    const found = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found) {
      packages.add(found[1]);
    }
  }
  const texts = [...packages].sort().map((name) => {
    const folder = join(here, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const text = readdirSync(folder)
      .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
      .sort()
      .map((file) => readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n").trim())
      .join("\n\n");
    return `${name} ${version} (${license})\n\n${text || "No license file in the package."}\n`;
  });
  return `The page contains code of these packages.\n\n${texts.join(`\n${"-".repeat(80)}\n\n`)}`;
}

const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");

function sources() {
  const files = readdirSync(join(here, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(here, join(entry.parentPath ?? entry.path, entry.name)));
  return [...files, "build.mjs", "package-lock.json"].sort();
}

const digests = (names, read) =>
  Object.fromEntries(names.map((name) => [name, digest(read(name))]));
const bundle = `${JSON.stringify(
  {
    sources: digests(sources(), (name) => readFileSync(join(here, name))),
    outputs: digests([...outputs.keys()].sort(), (name) => outputs.get(name)),
  },
  null,
  2,
)}\n`;

if (process.argv.includes("--check")) {
  const wrong = [...outputs]
    .filter(([name, bytes]) => {
      const file = join(target, name);
      return !existsSync(file) || !readFileSync(file).equals(bytes);
    })
    .map(([name]) => name);
  if (wrong.length > 0 || !existsSync(list) || readFileSync(list, "utf8") !== bundle) {
    console.error(`The committed bundle is stale: ${wrong.join(", ") || "bundle.json"}`);
    process.exit(1);
  }
  console.log("The committed bundle is what these sources build.");
} else {
  const before = existsSync(list)
    ? Object.keys(JSON.parse(readFileSync(list, "utf8")).outputs)
    : [];
  for (const name of before) {
    rmSync(join(target, name), { force: true });
  }
  mkdirSync(target, { recursive: true });
  for (const [name, bytes] of outputs) {
    writeFileSync(join(target, name), bytes);
  }
  writeFileSync(list, bundle);
  for (const [name, bytes] of [...outputs].sort()) {
    console.log(`${String(bytes.length).padStart(8)}  ${name}`);
  }
}
