import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const folder = new URL("../../static/vendor/", import.meta.url);

test("vendored modules are what their table says", () => {
  const table = readFileSync(new URL("README.md", folder), "utf8");
  const named = [...table.matchAll(/^\| `([\w-]+\.js)` .*`([0-9a-f]{64})` \|$/gm)];
  const there = readdirSync(folder).filter((name) => name.endsWith(".js"));
  assert.deepEqual(named.map(([, name]) => name).sort(), there.sort());
  for (const [, name, hash] of named) {
    const bytes = readFileSync(new URL(name, folder));
    assert.equal(createHash("sha256").update(bytes).digest("hex"), hash, name);
  }
});

test("no module of ours evaluates strings or writes markup", () => {
  const root = new URL("../../static/", import.meta.url);
  const ours = readdirSync(root, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(".js") && !name.startsWith("vendor"));
  assert.ok(ours.length > 5);
  for (const name of ours) {
    const text = readFileSync(new URL(name, root), "utf8");
    assert.doesNotMatch(
      text,
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/,
      name,
    );
  }
});

test("every icon that is drawn is in the file", () => {
  const root = new URL("../../static/", import.meta.url);
  const symbols = new Set(
    [...readFileSync(new URL("icons.svg", root), "utf8").matchAll(/<symbol id="([^"]+)"/g)].map(
      ([, id]) => id,
    ),
  );
  for (const name of readdirSync(root, { recursive: true }).map(String)) {
    if (!name.endsWith(".js") || name.startsWith("vendor")) continue;
    const text = readFileSync(new URL(name, root), "utf8");
    for (const [, icon] of text.matchAll(/<\$\{Icon\} name="([^"]+)"/g)) {
      assert.ok(symbols.has(icon), `${name} draws ${icon}`);
    }
  }
});
