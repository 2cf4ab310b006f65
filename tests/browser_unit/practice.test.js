import assert from "node:assert/strict";
import { test } from "node:test";
import {
  PARTNER,
  PREVIEW_MS,
  ROOM,
  ROUND_MS,
  answers,
  opening,
  script,
} from "../../static/attendee/practice-script.js";
import { scene } from "../../static/attendee/scene.js";
import { did, initial, isContact, metInRound, reduce, thread } from "../../static/state.js";

const OPEN = { now: "open" };
const AT = 1_000_000;
const ana = {
  id: "ana",
  name: "Ana",
  met: [{ card: { id: "bo" }, rounds: [1], seconds: 60 }],
  blocked: [],
  sitting_out: true,
  profile: { interests: ["tea", "maps", "rain"], email: "ana@example.org" },
};
const lobby = {
  ...initial(),
  you: ana,
  event: {
    title: "Tea",
    phase: "draft",
    round: 0,
    rounds: 4,
    starts_at: null,
    ends_at: null,
    paused: null,
  },
};

/** Plays the script up to `ms` after its beginning. */
function play(state, from, to) {
  const steps = script(opening(lobby), AT).filter(({ after }) => after >= from && after <= to);
  return steps.reduce((next, { after, messages }) => {
    const list = typeof messages === "function" ? messages(next) : messages;
    return list.reduce((folded, message) => reduce(folded, message, AT + after), next);
  }, state);
}

const END = PREVIEW_MS + ROUND_MS;

test("a practice goes through preview, room and break by the real rules of scenes", () => {
  let state = play(opening(lobby), 0, 0);
  assert.equal(scene(state, OPEN, AT), "preview");
  assert.deepEqual(state.room.shared[0].interests, ["tea", "maps"]);
  state = play(state, 1, END - 1);
  assert.equal(scene(state, OPEN, AT + PREVIEW_MS), "room");
  assert.equal(state.room.ends_at - state.room.starts_at, 60_000);
  assert.ok(thread(state, ROOM).filter(({ from }) => from === PARTNER).length >= 4);
  state = play(state, END, END + 1_000);
  assert.equal(scene(state, OPEN, AT + END), "after");
  assert.deepEqual(
    metInRound(state, 1).map(({ card }) => card.id),
    [PARTNER],
  );
});

test("a practice begins with nobody met, and leaves the real evening as it was", () => {
  const before = structuredClone(lobby);
  const state = play(opening(lobby), 0, END);
  assert.deepEqual(lobby, before);
  assert.ok(!state.you.met.some(({ card }) => card.id === "bo"));
});

test("a yes becomes a contact at the end, and silence none", () => {
  const silent = play(opening(lobby), 0, END + 1_000);
  assert.equal(isContact(silent, PARTNER), false);
  let state = play(opening(lobby), 0, END - 1);
  state = did(state, { type: "keep-in-touch", about: PARTNER, yes: true, fields: [] });
  assert.equal(isContact(play(state, END, END + 1_000), PARTNER), true);
});

test("a yes in the break becomes a contact there", () => {
  const ended = play(opening(lobby), 0, END + 1_000);
  const command = { type: "keep-in-touch", about: PARTNER, yes: true, fields: [] };
  const [step] = answers(ended, command, AT + END);
  const folded = step.messages(did(ended, command)).reduce((next, one) => reduce(next, one), ended);
  assert.equal(PARTNER in folded.contacts, true);
});

test("a line stands in the thread and is answered", () => {
  const state = play(opening(lobby), 0, PREVIEW_MS);
  const steps = answers(state, { type: "say", text: "Hello" }, AT + PREVIEW_MS);
  const folded = steps
    .flatMap(({ messages }) => messages)
    .reduce((next, one) => reduce(next, one), state);
  const last = thread(folded, ROOM).slice(-2);
  assert.deepEqual(
    last.map(({ from }) => from),
    ["ana", PARTNER],
  );
});

test("leaving, sitting out and meeting others end the practice", () => {
  for (const type of ["leave", "sit-out", "meet-others"])
    assert.equal(answers(lobby, { type }, AT), null);
  assert.equal(answers(lobby, { type: "block", about: PARTNER, leave: true }, AT), null);
  assert.deepEqual(answers(lobby, { type: "signal" }, AT), []);
});

test("a call for a host is seen and answered", () => {
  const steps = answers(lobby, { type: "call-host", text: "?" }, AT);
  const call = steps
    .flatMap(({ messages }) => messages)
    .reduce((next, one) => reduce(next, one), lobby).calls;
  assert.equal(call.length, 1);
  assert.ok(call[0].seen && call[0].answered);
});
