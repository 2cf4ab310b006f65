import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const read = (path) => readFileSync(new URL(`../../static/${path}`, import.meta.url), "utf8");

const SYMBOLS = new Map(
  [...read("icons.svg").matchAll(/<symbol id="([^"]+)"([^>]*)>/g)].map(([, id, more]) => [id, more]),
);

test("a star that was given can be filled: a symbol's own fill would win over the page's", () => {
  assert.doesNotMatch(SYMBOLS.get("star"), /fill=/);
  assert.match(read("attendee/people.css"), /\.star\.on \.icon \{\s*fill: currentColor/);
});

test("every other icon is an outline, whoever draws it", () => {
  assert.match(read("base.css"), /\.icon \{[^}]*fill: none/);
  for (const [id, more] of SYMBOLS) if (id !== "star") assert.match(more, /fill="none"/, id);
});
