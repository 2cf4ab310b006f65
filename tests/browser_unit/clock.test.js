import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addSample,
  clockText,
  crossed,
  durationCode,
  left,
  offset,
  seconds,
  share,
} from "../../static/clock.js";

test("without an answer the server's clock is taken to be ours", () => {
  assert.equal(offset([]), 0);
});

test("a welcome alone gives a first guess", () => {
  assert.equal(offset(addSample([], { sent: null, received: 1_000, now: 5_000 })), 4_000);
});

test("the server's time is taken from the middle of the trip", () => {
  assert.equal(offset(addSample([], { sent: 1_000, received: 1_200, now: 4_601_100 })), 4_600_000);
});

test("a slow answer does not spoil what a quick one said", () => {
  let samples = addSample([], { sent: 0, received: 20, now: 1_010 });
  samples = addSample(samples, { sent: 100, received: 2_100, now: 1_200 });
  assert.equal(offset(samples), 1_000);
});

test("answers about as quick are averaged by their median", () => {
  let samples = [];
  for (const wrong of [-3, 0, 40]) {
    samples = addSample(samples, { sent: 0, received: 20, now: 1_010 + wrong });
  }
  assert.equal(offset(samples), 1_000);
});

test("old answers are forgotten, so that a drift is followed", () => {
  let samples = addSample([], { sent: 0, received: 1, now: 10_000 });
  for (let i = 0; i < 8; i += 1) samples = addSample(samples, { sent: 0, received: 50, now: 525 });
  assert.equal(offset(samples), 500);
});

test("after a sleep in which our clock stood still the first word of the server counts", () => {
  let awake = [];
  for (let i = 0; i < 8; i += 1) awake = addSample(awake, { sent: 0, received: 4, now: 10_002 });
  const welcomed = addSample(awake, { sent: null, received: 500, now: 310_400 });
  assert.equal(offset(welcomed), 309_900);
  assert.equal(offset(addSample(welcomed, { sent: 600, received: 700, now: 310_650 })), 310_000);
  assert.equal(offset(addSample(awake, { sent: 600, received: 700, now: 310_650 })), 310_000);
});

test("a welcome that was long on its way disproves nothing", () => {
  const known = addSample([], { sent: 0, received: 4, now: 10_002 });
  assert.equal(offset(addSample(known, { sent: null, received: 4_000, now: 12_000 })), 10_000);
});

test("time left stands still while paused and never falls below nothing", () => {
  assert.equal(left(10_000, 4_000), 6_000);
  assert.equal(left(10_000, 9_000, 4_000), 6_000);
  assert.equal(left(10_000, 11_000), 0);
  assert.equal(left(null, 11_000), 0);
});

test("zero is shown only when the time is over", () => {
  assert.equal(seconds(1), 1);
  assert.equal(clockText(1), "0:01");
  assert.equal(clockText(0), "0:00");
});

test("a clock reads as people write it", () => {
  assert.equal(clockText(318_000), "5:18");
  assert.equal(clockText(9_000), "0:09");
  assert.equal(clockText(3_723_000), "1:02:03");
  assert.equal(durationCode(318_000), "PT5M18S");
});

test("a ring empties from full to nothing", () => {
  assert.equal(share(0, 100, 0), 1);
  assert.equal(share(0, 100, 75), 0.25);
  assert.equal(share(0, 100, 200), 0);
  assert.equal(share(100, 100, 50), 0);
});

test("each warning is given once, when it is crossed", () => {
  assert.deepEqual(crossed(60_100, 59_900, 480_000), [60_000]);
  assert.deepEqual(crossed(59_900, 59_700, 480_000), []);
  assert.deepEqual(crossed(10_050, 9_990, 480_000), [10_000]);
});

test("a round shorter than a warning does not give it, nor does a first look", () => {
  assert.deepEqual(crossed(60_000, 59_000, 60_000), []);
  assert.deepEqual(crossed(null, 5_000, 480_000), []);
});
