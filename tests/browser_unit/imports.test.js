import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const root = new URL("../../static/", import.meta.url);

test("what a page's module takes from another is there", () => {
  const ours = readdirSync(root, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(".js") && !name.startsWith("vendor"));
  for (const name of ours) {
    const here = new URL(name, root);
    const text = readFileSync(here, "utf8");
    for (const [, names, path] of text.matchAll(/import \{([^}]*)\} from "(\.[^"]+)"/g)) {
      const there = new URL(path, here);
      assert.ok(existsSync(there), `${name} imports ${path}`);
      const source = readFileSync(there, "utf8");
      for (const taken of names.split(",").map((each) => each.trim().split(" as ")[0])) {
        const exported = new RegExp(
          `export (async )?(function|const|let|class) ${taken}\\b|export (const )?\\{[^}]*\\b${taken}\\b`,
        );
        if (taken) assert.match(source, exported, `${name} imports ${taken} from ${path}`);
      }
    }
  }
});
