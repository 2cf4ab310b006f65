import assert from "node:assert/strict";
import { test } from "node:test";
import { makeAsking } from "../../static/host/asking.js";
import { newlyNeeded, phaseAloud, tabTitle } from "../../static/host/attention.js";
import { EMPTY, heard } from "../../static/host/board.js";
import { Refused } from "../../static/wire.js";
import { useWords } from "../../static/words.js";

useWords({}, "en");

const ana = { id: "ana", name: "Ana", state: "here", mode: "online" };
const rooms = [{ id: "r1-4", round: 1, table: null, mode: "online", people: [ana], ended: false, alone: "ana", calls: 1 }];
const calls = [{ id: "c1", from: "ana", text: "We can't hear", seen: false, answered: null, room: "r1-4", at: 0 }];
const board = heard(EMPTY, { type: "board", rooms, parts: { calls } });

test("what needs a host is said once, gravest first", () => {
  const said = new Set();
  const first = newlyNeeded(board, said);
  assert.deepEqual(first.map(([, sentence]) => sentence), ["Room 4 calls: We can't hear", "Ana is alone in room 4"]);
  for (const [key] of first) said.add(key);
  assert.deepEqual(newlyNeeded(board, said), []);
});

test("a new phase is said, the same phase with a new deadline is not", () => {
  const event = { phase: "round", round: 2, rounds: 5, ends_at: 1 };
  assert.equal(phaseAloud({ ...event, phase: "preview" }, event), "Round 2 of 5");
  assert.equal(phaseAloud(event, { ...event, ends_at: 2 }), "");
  assert.equal(phaseAloud(null, event), "");
});

test("the tab's title counts what waits", () => {
  assert.equal(tabTitle("Spring", 2), "(2) Spring");
  assert.equal(tabTitle("Spring", 0), "Spring");
});

/** Answers by hand, as a server would. */
function askingWith() {
  const sent = [];
  const send = (type, fields) => new Promise((resolve, reject) => sent.push({ type, fields, resolve, reject }));
  return { sent, ...makeAsking(send, (value) => ({ value })) };
}

test("a refusal stands where one pressed, in the server's own sentence", async () => {
  const { sent, ask, refusals } = askingWith();
  const done = ask("clock", "pause");
  sent[0].reject(new Refused("out-of-turn", "No round is on now."));
  assert.equal(await done, false);
  assert.deepEqual(refusals.value, { clock: "No round is on now." });
});

test("the next try from the same place takes the refusal away", async () => {
  const { sent, ask, refusals } = askingWith();
  const first = ask("clock", "pause");
  sent[0].reject(new Refused("out-of-turn", "No round is on now."));
  await first;
  const second = ask("clock", "pause");
  sent[1].resolve({});
  assert.equal(await second, true);
  assert.deepEqual(refusals.value, {});
});

test("a second press while the first is not answered is not sent", async () => {
  const { sent, ask } = askingWith();
  const first = ask("announce", "announce", { text: "Wine is open" });
  assert.equal(await ask("announce", "announce", { text: "Wine is open" }), false);
  assert.equal(sent.length, 1);
  sent[0].resolve({});
  assert.equal(await first, true);
});

test("another press beside one that waits is meant, and sent", async () => {
  const { sent, ask } = askingWith();
  const both = [ask("clock", "open-doors"), ask("clock", "start-round")];
  assert.deepEqual(sent.map(({ type }) => type), ["open-doors", "start-round"]);
  for (const { resolve } of sent) resolve({});
  assert.deepEqual(await Promise.all(both), [true, true]);
});

test("minutes may be added as fast as one presses", async () => {
  const { sent, ask } = askingWith();
  const both = [1, 2].map(() => ask("clock", "extend", { seconds: 60 }, { repeat: true }));
  for (const { resolve } of sent) resolve({});
  assert.deepEqual(await Promise.all(both), [true, true]);
});

test("a command lost with the connection says so instead of nothing", async () => {
  const { sent, ask, refusals } = askingWith();
  const done = ask("clock", "pause");
  sent[0].reject(new Refused("connection-lost", ""));
  await done;
  assert.match(refusals.value.clock, /connection was lost/);
});
