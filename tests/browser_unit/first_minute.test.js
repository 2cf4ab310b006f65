import assert from "node:assert/strict";
import { test } from "node:test";
import { order, turnAt, turnLength } from "../../static/attendee/first-minute.js";

const people = (...ids) => ids.map((id) => ({ id, name: id }));
const room = (ids, seconds = 480, id = "r1") => ({
  id,
  people: people(...ids),
  starts_at: 1_000_000,
  ends_at: 1_000_000 + seconds * 1000,
});

test("everybody draws the same order, whatever order they know the people in", () => {
  assert.deepEqual(order("r7", ["ana", "bo", "chidi"]), order("r7", ["chidi", "ana", "bo"]));
});

test("nobody is first all evening", () => {
  const first = new Set();
  for (let round = 0; round < 60; round += 1)
    first.add(order(`room${round}`, ["ana", "bo", "chidi", "emre"])[0]);
  assert.equal(first.size, 4);
});

test("the first minute is shared out evenly", () => {
  assert.equal(turnLength(4, 480_000), 15_000);
  assert.equal(turnLength(2, 480_000), 30_000);
});

test("a large room takes longer than a minute rather than less than a breath each", () => {
  assert.equal(turnLength(20, 3_600_000), 5_000);
});

test("it takes no more than a third of a round, and none of a very short one", () => {
  assert.equal(turnLength(4, 90_000), 7_500);
  assert.equal(turnLength(4, 30_000), 0);
  assert.equal(turnAt(room(["ana", "bo", "chidi", "emre"], 30), 1_000_000), null);
});

test("it goes on by time, each once, then it is over", () => {
  const four = room(["ana", "bo", "chidi", "emre"]);
  const seen = [0, 14_999, 15_000, 30_000, 59_999].map((ms) => turnAt(four, 1_000_000 + ms));
  assert.deepEqual(
    seen.map((turn) => turn.index),
    [0, 0, 1, 2, 3],
  );
  assert.deepEqual(seen[0].ids, order("r1", ["ana", "bo", "chidi", "emre"]));
  assert.deepEqual([seen[2].from, seen[2].until], [1_015_000, 1_030_000]);
  assert.equal(turnAt(four, 1_060_000), null);
  assert.equal(turnAt(four, 999_999), null, "not before the round");
});

test("alone there is nobody to begin for", () => {
  assert.equal(turnAt(room(["ana"]), 1_000_000), null);
});

test("a pause holds it up: afterwards the same one goes on with what was left", () => {
  const four = room(["ana", "bo", "chidi", "emre"]);
  const before = turnAt(four, 1_020_000);
  const held = { ...four, stood_ms: 300_000, ends_at: four.ends_at + 300_000 };
  const after = turnAt(held, 1_320_000);
  assert.equal(after.index, before.index);
  assert.equal(after.until, before.until + 300_000);
});
