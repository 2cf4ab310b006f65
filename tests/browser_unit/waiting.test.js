import assert from "node:assert/strict";
import { test } from "node:test";
import { Waiting } from "../../static/media/waiting.js";

test("who does not come is late after a while, however often they begin anew", () => {
  const waiting = new Waiting();
  assert.equal(waiting.isLate("bo", "new", 0), false);
  for (let now = 500; now < 12_000; now += 500)
    assert.equal(waiting.isLate("bo", now % 1000 ? "connecting" : "new", now), false);
  assert.equal(waiting.isLate("bo", "connecting", 12_000), true);
  assert.equal(waiting.isLate("chidi", "connecting", 12_000), false);
});

test("who was there, was tried again or had left is waited for anew", () => {
  for (const happens of [
    (waiting) => waiting.isLate("bo", "connected", 12_000),
    (waiting) => waiting.again("bo"),
    (waiting) => waiting.only(new Set(["chidi"])),
  ]) {
    const waiting = new Waiting();
    waiting.isLate("bo", "connecting", 0);
    happens(waiting);
    assert.equal(waiting.isLate("bo", "reconnecting", 13_000), false);
    assert.equal(waiting.isLate("bo", "reconnecting", 25_000), true);
  }
});
