import assert from "node:assert/strict";
import { test } from "node:test";
import { spoken, warning } from "../../static/attendee/speaking.js";
import { initial, reduce } from "../../static/state.js";

const card = (id, name) => ({ id, name, interests: [] });
const [ana, bo, chidi] = [card("ana", "Ana"), card("bo", "Bo"), card("chidi", "Chidi")];
const room = {
  type: "room",
  id: "r1",
  round: 1,
  table: null,
  mode: "online",
  people: [ana, bo],
  shared: [],
  because: "",
  prompt: "",
  starts_at: 20_000,
  ends_at: 80_000,
};
const phase = (name, more = {}) => ({
  type: "phase",
  phase: name,
  round: 1,
  rounds: 2,
  starts_at: 20_000,
  ends_at: 80_000,
  paused: null,
  ...more,
});

/** Folds messages and returns what was spoken for each. */
function hear(messages, now = 10_000) {
  let state = {
    ...initial(),
    you: { id: "ana", name: "Ana", met: [] },
    event: { phase: "lobby", round: 0, rounds: 2, starts_at: null, ends_at: null, paused: null },
  };
  return messages.map((message) => {
    const before = state;
    state = reduce(state, message, now);
    return spoken(before, message, state, now);
  });
}

test("a round is told once: who comes, that it begins, that it is over", () => {
  const heard = hear([phase("preview"), room, phase("round"), phase("break")]).flat();
  assert.deepEqual(heard, ["You are about to meet Bo.", "The round begins.", "The round is over."]);
});

test("on site the table is told", () => {
  const heard = hear([phase("preview"), { ...room, mode: "on-site", table: 7 }]).flat();
  assert.deepEqual(heard, ["Go to table 7. You sit with Bo."]);
});

test("people joining and leaving are told, once each", () => {
  const heard = hear([
    room,
    { type: "room-people", joined: [chidi] },
    { type: "room-people", left: ["bo"] },
  ]);
  assert.deepEqual(heard.slice(1), [["Chidi joined."], ["Bo left."]]);
});

test("a room sent again says only a new deadline", () => {
  const [, again, longer] = hear([room, room, { ...room, ends_at: 110_000 }]);
  assert.deepEqual(again, []);
  assert.deepEqual(longer, ["The clock was changed: 1:40 left."]);
});

test("pausing is told, and going on", () => {
  const heard = hear([
    phase("round"),
    room,
    phase("round", { paused: 30_000 }),
    phase("round", { ends_at: 90_000 }),
  ]);
  assert.deepEqual(heard.slice(2), [["The host has paused the clock."], ["The clock goes on."]]);
});

test("others' words are read, one's own and another room's are not", () => {
  const said = (from, room, id) => ({
    type: "said",
    id,
    from,
    name: "Bo",
    room,
    text: "hello",
    at: 1,
  });
  const heard = hear([
    room,
    said("bo", "r1", "1"),
    said("bo", "r1", "1"),
    said("ana", "r1", "2"),
    said("bo", "lobby", "3"),
  ]);
  assert.deepEqual(heard.slice(1), [["Bo: hello"], [], [], []]);
});

test("a call is told when it is seen and when it is answered", () => {
  const call = {
    type: "call",
    id: "c",
    from: "ana",
    text: "",
    seen: false,
    answered: null,
    hosts_present: 1,
  };
  const heard = hear([
    call,
    { ...call, seen: true },
    { ...call, seen: true },
    { ...call, seen: true, answered: "Coming" },
  ]);
  assert.deepEqual(heard, [[], ["A host has seen your call."], [], ["The host answers: Coming"]]);
});

test("a contact is told when it is made, not when it is withdrawn", () => {
  const made = { type: "contact", card: bo, fields: { email: "b@example.org" } };
  const heard = hear([made, { ...made, fields: {} }]);
  assert.deepEqual(heard, [["You and Bo are in touch now."], []]);
});

test("warnings have their words", () => {
  assert.equal(warning(60_000), "One minute left.");
  assert.equal(warning(10_000), "Ten seconds left.");
});
