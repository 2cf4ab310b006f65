import assert from "node:assert/strict";
import { test } from "node:test";
import { deadline, moreRounds, nextRoundAt, roundsAreOver, scene } from "../../static/attendee/scene.js";
import { initial } from "../../static/state.js";

const OPEN = { now: "open" };
const bo = { id: "bo", name: "Bo" };
const state = (phase, more = {}, event = {}) => ({
  ...initial(),
  you: { id: "ana", name: "Ana", met: [], blocked: [] },
  event: { phase, round: 1, rounds: 3, starts_at: 1_000, ends_at: 61_000, paused: null, ...event },
  ...more,
});
const room = { id: "r1", round: 1, starts_at: 1_000, ends_at: 61_000, people: [{ id: "ana" }, bo] };

test("each phase has its view", () => {
  assert.equal(scene(initial(), { now: "connecting" }, 0), "arriving");
  assert.equal(scene(state("draft"), OPEN, 0), "lobby");
  assert.equal(scene(state("lobby"), OPEN, 0), "lobby");
  assert.equal(scene(state("preview", { room }), OPEN, 500), "preview");
  assert.equal(scene(state("round", { room }), OPEN, 5_000), "room");
  assert.equal(scene(state("break", { last: { room, gone: [], began: true } }), OPEN, 62_000), "after");
  assert.equal(scene(state("ended"), OPEN, 0), "ended");
});

test("without a room one sits out, in every phase of a round", () => {
  for (const phase of ["preview", "round", "break"])
    assert.equal(scene(state(phase), OPEN, 5_000), "out");
});

test("the room begins and ends by the clock, even before the server's word", () => {
  assert.equal(scene(state("preview", { room }), OPEN, 1_000), "room");
  assert.equal(scene(state("round", { room }), OPEN, 61_000), "after");
});

test("while paused the clock does not end a room", () => {
  assert.equal(scene(state("round", { room }, { paused: 50_000 }), OPEN, 90_000), "room");
});

test("a room that ended by itself shows whom one has met", () => {
  assert.equal(
    scene(state("round", { sitting_out: { because: "room-ended", next_at: null } }), OPEN, 5_000),
    "after",
  );
});

test("a lost connection keeps the view, a final close replaces it", () => {
  assert.equal(scene(state("round", { room }), { now: "lost", code: 1006 }, 5_000), "room");
  assert.equal(scene(state("round", { room }), { now: "closed", code: 4501 }, 5_000), "closed");
  assert.equal(scene(state("round", { room }), { now: "closed", code: 1000 }, 5_000), "left");
});

test("after the end the people stay, though the socket is closed", () => {
  assert.equal(scene(state("ended"), { now: "closed", code: 4503 }, 5_000), "ended");
});

test("a newcomer who waits for a yes sees the door", () => {
  const waiting = state("round");
  waiting.you.waits_for_yes = true;
  assert.equal(scene(waiting, OPEN, 0), "waits");
});

test("what comes next has its instant", () => {
  assert.equal(nextRoundAt(state("break")), 61_000);
  assert.equal(nextRoundAt(state("lobby")), 1_000);
  assert.equal(nextRoundAt(state("round", { sitting_out: { because: "late", next_at: 7 } })), 7);
  assert.deepEqual(deadline(state("round", { room }), "room"), {
    kind: "ends",
    from: 1_000,
    until: 61_000,
  });
});

test("after the last round none is to come", () => {
  assert.ok(moreRounds({ phase: "break", round: 2, rounds: 3 }));
  assert.ok(!moreRounds({ phase: "lobby", round: 3, rounds: 3 }));
  const last = (phase) => roundsAreOver({ phase, round: 3, rounds: 3 });
  assert.deepEqual(["preview", "round", "break", "lobby"].map(last), [false, false, true, true]);
  assert.ok(!roundsAreOver({ phase: "break", round: 2, rounds: 3 }));
});
