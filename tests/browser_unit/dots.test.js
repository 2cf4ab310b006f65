import assert from "node:assert/strict";
import { test } from "node:test";
import { PALETTE, around, colour, initial } from "../../static/dots.js";

function luminance(hex) {
  const [r, g, b] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

test("white initials are legible on every dot", () => {
  for (const one of PALETTE) {
    assert.ok(1.05 / (luminance(one) + 0.05) >= 4.5, `${one} is too light for white letters`);
  }
});

test("a person keeps their colour", () => {
  assert.equal(colour("aqwertyuiopas"), colour("aqwertyuiopas"));
});

test("colours are spread over people", () => {
  const counts = new Map();
  for (let i = 0; i < 800; i += 1) {
    const one = colour(`a${i.toString(32).padStart(12, "x")}`);
    counts.set(one, (counts.get(one) ?? 0) + 1);
  }
  assert.equal(counts.size, PALETTE.length);
  for (const [one, count] of counts) assert.ok(count > 50 && count < 170, `${one}: ${count}`);
});

test("an initial is the first letter in any script", () => {
  assert.equal(initial("Bo Lindqvist"), "B");
  assert.equal(initial("  ana"), "A");
  assert.equal(initial("佐藤 花子"), "佐");
  assert.equal(initial("👩‍💻 Ada"), "👩‍💻");
  assert.equal(initial("é́ric"), "É́");
  assert.equal(initial("\u202eevil"), "E"); // read from right to left by order
  assert.equal(initial("\u200b\u200d"), "?");
  assert.equal(initial(""), "?");
});

test("dots lie evenly around the table, the first on top", () => {
  assert.deepEqual(around(4, 10), [
    [0, -10],
    [10, 0],
    [0, 10],
    [-10, 0],
  ]);
});
