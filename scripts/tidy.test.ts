import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const packages = readdirSync(join(root, "packages"));

/** What a package may import of the others. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  "backend-fs": ["core"],
  "backend-directio": ["core"],
  "backend-azure": ["core"],
  "backend-s3": ["core"],
  datagen: ["core"],
  checkpoint: ["core"],
  cli: ["core", "backend-fs", "backend-directio", "datagen", "checkpoint"],
};

const README_HEADINGS = ["Install", "Use", "URI", "Options", "Guarantees", "Limits", "Errors", "The native client"];

/** Files that may be longer than the house style has it, each because it is one list. */
const LONG_FILES = 220;

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe.each(packages)("package %s", (name) => {
  const sources = filesBelow(join(root, "packages", name, "src")).filter((path) => path.endsWith(".ts"));

  test("imports only the packages it may", () => {
    const imported = new Set<string>();
    for (const path of sources) {
      for (const [, other] of readFileSync(path, "utf8").matchAll(/(?:from|import)\s*\(?\s*"@sluice\/([a-z0-9-]+)/g)) {
        imported.add(other as string);
      }
    }
    expect([...imported].filter((other) => ARROWS[name]?.includes(other) !== true)).toEqual([]);
  });

  test("declares what it imports, and its files are short", () => {
    const { dependencies = {} } = JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"));
    const declared = Object.keys(dependencies).filter((other) => other.startsWith("@sluice/"));
    expect(declared.map((other) => other.slice("@sluice/".length)).sort()).toEqual([...(ARROWS[name] ?? [])].sort());
    const long = sources
      .filter((path) => !path.endsWith(".generated.ts"))
      .filter((path) => readFileSync(path, "utf8").split("\n").length > LONG_FILES);
    expect(long).toEqual([]);
  });

  test("has a README with the headings of the house, in order", () => {
    const readme = readFileSync(join(root, "packages", name, "README.md"), "utf8");
    const headings = [...readme.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading as string);
    const expected = README_HEADINGS.filter((heading) => headings.includes(heading));
    expect(headings.filter((heading) => README_HEADINGS.includes(heading))).toEqual(expected);
    for (const heading of ["Install", "Use", "Options", "Guarantees", "Limits", "Errors"])
      expect(headings).toContain(heading);
  });
});

test("every relative link in the documents leads somewhere", () => {
  const documents = [
    ...readdirSync(root).filter((name) => name.endsWith(".md")),
    ...filesBelow(join(root, "docs")).map((path) => path.slice(root.length)),
    ...packages.map((name) => `packages/${name}/README.md`),
  ];
  for (const document of documents) {
    const text = readFileSync(join(root, document), "utf8");
    for (const [, link] of text.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)) {
      expect(existsSync(join(root, document, "..", link as string)), `${document}: ${link}`).toBe(true);
    }
  }
});
