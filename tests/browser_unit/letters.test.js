import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BATCH_MS, MOST_BYTES, Outgoing, Parts, pack, readCandidate, readDescription, readLetter,
} from "../../static/media/letters.js";
import { Time } from "./lines.js";

const bytes = (value) => new TextEncoder().encode(JSON.stringify(value)).length;

test("candidates of a burst go in one letter, a description at once with what waits", async () => {
  const time = new Time();
  const letters = [];
  const out = new Outgoing((items) => letters.push(items), time.timers);
  for (let i = 0; i < 5; i++) out.put({ candidate: i });
  assert.equal(letters.length, 0);
  await time.passes(BATCH_MS);
  assert.deepEqual(letters, [[0, 1, 2, 3, 4].map((candidate) => ({ candidate }))]);
  out.put({ candidate: 5 });
  out.put({ description: "d" }, { soon: false });
  assert.deepEqual(letters[1], [{ candidate: 5 }, { description: "d" }]);
  await time.passes(BATCH_MS);
  assert.equal(letters.length, 2);
});

test("no letter is larger than the server takes, and a large item comes whole", () => {
  const sdp = "a=rtpmap:96 VP8/90000\r\n".repeat(1_200);
  const items = [{ candidate: "x".repeat(9_000) }, { candidate: "y".repeat(9_000) }];
  const letters = pack([...items, { description: { type: "offer", sdp } }]);
  for (const letter of letters) assert.ok(bytes(letter) <= MOST_BYTES + 2, `${bytes(letter)}`);
  const parts = new Parts();
  const whole = letters.flat().map((item) => parts.take(item)).filter(Boolean);
  assert.deepEqual(whole.slice(0, 2), items);
  assert.equal(whole[2].description.sdp, sdp);
});

test("a large item that lost its beginning is left out, and the next one is read", () => {
  const item = { candidate: "語".repeat(12_000) };
  const all = pack([item]).flat();
  assert.ok(all.length > 1);
  const parts = new Parts();
  assert.equal(parts.take(all[1]), null);
  assert.deepEqual(all.map((part) => parts.take(part)).at(-1), item);
});

test("a letter of another room, or none at all, is not read", () => {
  const good = { room: "r1", session: "s", to: null, items: [{ hello: true }] };
  assert.deepEqual(readLetter(good, "r1").items, [{ hello: true }]);
  const bad = [
    null, "offer", 7, [], { ...good, room: "r0" }, { ...good, session: 1 }, { ...good, to: {} },
    { ...good, items: "x" }, { ...good, items: Array(1_000).fill({}) },
    { ...good, session: "s".repeat(100) },
  ];
  for (const data of bad) assert.equal(readLetter(data, "r1"), null);
  assert.deepEqual(readLetter({ ...good, items: [null, 3, { hello: 1 }] }, "r1").items, [
    { hello: 1 },
  ]);
});

test("what is no description or candidate is told by an error that its reader catches", () => {
  assert.throws(() => readDescription({ type: "rollback", sdp: "" }));
  assert.throws(() => readDescription({ type: "offer", sdp: "v".repeat(100_000) }));
  assert.throws(() => readDescription(undefined));
  assert.throws(() => readCandidate({ candidate: { toString: () => "x" } }));
  assert.equal(readCandidate({ candidate: "c", extra: 1 }).extra, undefined);
});
