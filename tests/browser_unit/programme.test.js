import assert from "node:assert/strict";
import { test } from "node:test";
import { timeline } from "../../static/attendee/programme.js";

const planned = (auto) => ({
  seconds: 480,
  size: 4,
  break_seconds: 60,
  preview_seconds: 20,
  kind: "matched",
  auto,
});
const event = (round, phase, ...autos) => ({ round, phase, programme: autos.map(planned) });
const NINE = (480 + 60 + 20) * 1000;

test("rounds that begin by themselves follow each other", () => {
  const entries = timeline(event(0, "lobby", true, true, true), 1_000_000);
  assert.deepEqual(
    entries.map(({ at }) => at),
    [1_000_000, 1_000_000 + NINE, 1_000_000 + 2 * NINE],
  );
  assert.deepEqual(
    entries.map(({ stands }) => stands),
    ["next", "later", "later"],
  );
});

test("nobody knows when a round is that waits for the host, nor what comes after it", () => {
  const entries = timeline(event(0, "lobby", true, false, true), 1_000_000);
  assert.deepEqual(
    entries.map(({ at }) => at),
    [1_000_000, null, null],
  );
});

test("what is over is over, and what runs is now", () => {
  const during = timeline(event(2, "round", true, true, true), 2_000_000);
  assert.deepEqual(
    during.map(({ stands, at }) => [stands, at]),
    [
      ["over", null],
      ["now", null],
      ["next", 2_000_000],
    ],
  );
  const between = timeline(event(2, "break", true, true, true), null);
  assert.deepEqual(
    between.map(({ stands }) => stands),
    ["over", "over", "next"],
  );
});

test("an event without a programme has none", () => {
  assert.deepEqual(timeline({ round: 0, phase: "lobby" }, null), []);
});
