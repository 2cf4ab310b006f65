import assert from "node:assert/strict";
import { test } from "node:test";
import {
  did,
  findCard,
  initial,
  isContact,
  metInRound,
  metWith,
  others,
  reduce,
  stateOf,
  thread,
} from "../../static/state.js";

const card = (id, more = {}) => ({
  id,
  name: id[0].toUpperCase() + id.slice(1),
  interests: [],
  ...more,
});
const [ana, bo, chidi, emre] = ["ana", "bo", "chidi", "emre"].map((id) => card(id));

const you = (more = {}) => ({
  id: "ana",
  name: "Ana",
  role: "attendee",
  mode: "online",
  sitting_out: false,
  met: [],
  ...more,
});
const event = (more = {}) => ({
  id: "e",
  title: "Evening",
  phase: "lobby",
  round: 0,
  rounds: 3,
  starts_at: null,
  ends_at: null,
  paused: null,
  ...more,
});
const room = (more = {}) => ({
  type: "room",
  id: "r1",
  round: 1,
  table: null,
  mode: "online",
  people: [ana, bo, chidi],
  shared: [],
  because: "shared-interests",
  prompt: "",
  starts_at: 1_000,
  ends_at: 61_000,
  ...more,
});
const phase = (name, more = {}) => ({
  type: "phase",
  phase: name,
  round: 1,
  rounds: 3,
  starts_at: 1_000,
  ends_at: 61_000,
  paused: null,
  ...more,
});

const welcome = (more = {}) => ({
  type: "welcome",
  session: "s",
  tip: "1",
  now: 0,
  resumed: false,
  you: you(),
  event: event(),
  room: null,
  contacts: [],
  media: { policy: "none", ice_servers: [] },
  ...more,
});
const fold = (...messages) =>
  messages.reduce((state, message) => reduce(state, message, message.at ?? 5_000), initial());
const inRoom = (...messages) => fold(welcome(), phase("round"), room(), ...messages);

test("a full welcome replaces all there was", () => {
  const state = fold(
    welcome(),
    room(),
    { type: "said", id: "1", from: "bo", room: "r1", text: "hi", at: 1 },
    welcome({ session: "t" }),
  );
  assert.equal(state.session, "t");
  assert.equal(state.room, null);
  assert.deepEqual(state.said, []);
});

test("a resumed welcome goes on with what there is", () => {
  const state = inRoom(
    welcome({ resumed: true, event: undefined, room: undefined, contacts: undefined }),
  );
  assert.equal(state.room.id, "r1");
  assert.equal(state.event.phase, "round");
});

test("folding changes nothing that was there before", () => {
  const before = inRoom();
  const copy = structuredClone(before);
  reduce(before, { type: "room-people", left: ["bo"], joined: [emre] }, 1);
  reduce(before, phase("break"), 1);
  did(before, { type: "keep-in-touch", about: "bo", yes: true, fields: ["email"] });
  assert.deepEqual(before, copy);
});

test("unknown messages and fields are ignored", () => {
  const state = inRoom();
  assert.equal(reduce(state, { type: "weather", text: "rain" }), state);
  assert.equal(reduce(state, { type: "lobby", present: 4, mood: "fine" }).event.present, 4);
});

test("the others are everybody in the room but oneself", () => {
  assert.deepEqual(
    others(inRoom()).map((one) => one.id),
    ["bo", "chidi"],
  );
});

test("people drop, come back, are not here yet, and arrive", () => {
  let state = inRoom({ type: "room-people", dropped: ["bo"], not_here_yet: ["chidi"] });
  assert.equal(stateOf(state, "bo"), "dropped");
  assert.equal(stateOf(state, "chidi"), "not-here-yet");
  state = reduce(state, { type: "room-people", back: ["bo"], arrived: ["chidi"] }, 9);
  assert.equal(stateOf(state, "bo"), "here");
  assert.equal(stateOf(state, "chidi"), "here");
});

test("who leaves is gone from the room but not from those one has met", () => {
  const state = inRoom({ type: "room-people", left: ["bo"], moved: ["chidi"], joined: [emre] });
  assert.deepEqual(
    others(state).map((one) => one.id),
    ["emre"],
  );
  assert.deepEqual(
    new Set(metInRound(state, 1).map((met) => met.card.id)),
    new Set(["bo", "chidi", "emre"]),
  );
  assert.equal(findCard(state, "bo").name, "Bo");
});

test("somebody announced is joining until they joined, or do not", () => {
  let state = inRoom({ type: "room-people", joining: [{ card: emre, at: 9_000 }] });
  assert.equal(state.room.joining.length, 1);
  assert.equal(reduce(state, { type: "room-people", joined: [emre] }, 1).room.joining.length, 0);
  state = reduce(state, { type: "room-people", not_joining: ["emre"] }, 1);
  assert.equal(state.room.joining.length, 0);
  assert.equal(others(state).length, 2);
});

test("being alone begins and ends with the server's word", () => {
  let state = inRoom({
    type: "room-people",
    dropped: ["bo", "chidi"],
    alone_since: 4_000,
    moves_at: 24_000,
  });
  assert.equal(state.room.moves_at, 24_000);
  state = did(state, { type: "wait" });
  assert.equal(state.room.waits, true);
  state = reduce(state, { type: "room-people", dropped: [] }, 1);
  assert.equal(state.room.alone_since, 4_000, "absent means unchanged");
  state = reduce(
    state,
    { type: "room-people", back: ["bo"], alone_since: null, moves_at: null },
    1,
  );
  assert.equal(state.room.alone_since, null);
  assert.equal(state.room.waits, false);
});

test("a changed deadline of the round moves the room by as much", () => {
  const own = inRoom(room({ ends_at: 71_000 }), phase("round", { ends_at: 121_000 }));
  assert.equal(own.room.ends_at, 131_000);
});

test("a preview cut short moves the start of the room", () => {
  const state = fold(
    welcome(),
    phase("preview", { starts_at: 31_000, ends_at: 91_000 }),
    room({ starts_at: 31_000, ends_at: 91_000 }),
    phase("round", { starts_at: 20_000, ends_at: 80_000 }),
  );
  assert.equal(state.room.starts_at, 20_000);
  assert.equal(state.room.ends_at, 80_000);
});

test("a room that is called off in its preview was nobody's", () => {
  const early = reduce(inRoom(room({ starts_at: 50_000 })), phase("break"), 49_000);
  assert.deepEqual(metInRound(early, 1), []);
  const held = [phase("round", { paused: 49_000 }), phase("break")];
  const paused = held.reduce(
    (state, message) => reduce(state, message, 70_000),
    inRoom(room({ starts_at: 50_000 })),
  );
  assert.deepEqual(metInRound(paused, 1), []);
});

test("the break's deadline is the next preview and moves no room", () => {
  const state = inRoom(phase("break", { ends_at: 400_000 }));
  assert.equal(state.room, null);
  assert.equal(state.last.room.ends_at, 61_000);
  assert.equal(state.event.ends_at, 400_000);
});

test("a room sent again is the same room with its new deadline", () => {
  const state = inRoom(
    { type: "room-people", left: ["bo"] },
    room({ ends_at: 90_000, people: [ana, chidi] }),
  );
  assert.equal(state.room.ends_at, 90_000);
  assert.deepEqual(
    state.gone.map((one) => one.id),
    ["bo"],
  );
});

test("whoever is moved enters the other room and has met both", () => {
  const state = inRoom(room({ id: "r2", people: [ana, emre] }));
  assert.equal(state.room.id, "r2");
  assert.deepEqual(
    metInRound(state, 1)
      .map((met) => met.card.id)
      .sort(),
    ["bo", "chidi", "emre"],
  );
});

test("who goes to the lobby is told why", () => {
  const state = inRoom({ type: "sitting-out", because: "moved", next_at: 99 });
  assert.equal(state.room, null);
  assert.deepEqual(state.sitting_out, { because: "moved", next_at: 99 });
});

test("what was said twice is there once", () => {
  const line = { type: "said", id: "7", from: "bo", room: "r1", text: "hi", at: 3, tip: "x" };
  assert.equal(inRoom(line, line).said.length, 1);
});

test("a room's thread holds its words and what happened, in order, and no other room's", () => {
  const state = inRoom(
    { type: "said", id: "1", from: "bo", room: "r1", text: "first", at: 1_000 },
    { type: "room-people", left: ["bo"], at: 2_000 },
    { type: "said", id: "2", from: "chidi", room: "r1", text: "second", at: 3_000 },
    { type: "said", id: "3", from: "emre", room: "lobby", text: "elsewhere", at: 2_500 },
  );
  assert.deepEqual(
    thread(state, "r1").map((line) => line.kind),
    ["said", "left", "said"],
  );
  assert.deepEqual(
    thread(state, "lobby").map((line) => line.text),
    ["elsewhere"],
  );
});

test("one's own yes, note and stars are folded once they are done", () => {
  let state = inRoom();
  state = did(state, { type: "keep-in-touch", about: "bo", yes: true, fields: ["email"] });
  state = did(state, { type: "note", about: "bo", text: "kiln" });
  state = did(state, { type: "note", about: "bo", next_step: "write" });
  state = did(state, { type: "rate", stars: 4 });
  const met = metWith(state, "bo");
  assert.deepEqual(
    [met.yes, met.fields, met.text, met.next_step],
    [true, ["email"], "kiln", "write"],
  );
  assert.equal(state.rated[1], 4);
  assert.equal(
    metWith(did(state, { type: "keep-in-touch", about: "bo", yes: false }), "bo").yes,
    false,
  );
});

test("a contact is made by the server's word and hidden when one takes one's yes back", () => {
  let state = inRoom({ type: "contact", card: bo, fields: { email: "bo@example.org" } });
  state = did(state, { type: "keep-in-touch", about: "bo", yes: true, fields: [] });
  assert.ok(isContact(state, "bo"));
  assert.ok(!isContact(did(state, { type: "keep-in-touch", about: "bo", yes: false }), "bo"));
});

test("a card that was withdrawn is gone", () => {
  let state = inRoom({ type: "card-given", card: bo, fields: { email: "bo@example.org" } });
  assert.ok(state.cards.bo);
  state = reduce(state, { type: "card-given", card: bo, fields: {} });
  assert.equal(state.cards.bo, undefined);
});

test("somebody blocked is no longer among those met", () => {
  const state = did(inRoom(), { type: "block", about: "bo" });
  assert.deepEqual(
    metInRound(state, 1).map((met) => met.card.id),
    ["chidi"],
  );
  assert.deepEqual(did(state, { type: "unblock", about: "bo" }).you.blocked, []);
});

test("the store's absence is a state, the host's words are kept once", () => {
  const words = { type: "notice", from: "host", text: "Wine!", at: 5, code: "" };
  let state = inRoom(
    { type: "notice", from: "", text: "", at: 4, code: "store-away" },
    words,
    words,
  );
  assert.equal(state.store_away, true);
  assert.equal(state.notices.length, 1);
  state = reduce(state, { type: "notice", from: "", text: "", at: 6, code: "store-back" });
  assert.equal(state.store_away, false);
});

test("a call is replaced by what became of it", () => {
  const call = {
    type: "call",
    id: "c",
    from: "ana",
    text: "",
    seen: false,
    answered: null,
    hosts_present: 1,
  };
  const state = inRoom(call, { ...call, seen: true });
  assert.deepEqual(
    state.calls.map((one) => one.seen),
    [true],
  );
});

test("the host's board is merged by room", () => {
  const state = fold(
    welcome(),
    {
      type: "board",
      rooms: [
        { id: "r1", people: [] },
        { id: "r2", people: [] },
      ],
      parts: { calls: [], pool: { present: 1 } },
    },
    {
      type: "board-change",
      rooms: [
        { id: "r2", people: ["x"] },
        { id: "r3", people: [] },
      ],
      gone: ["r1"],
      parts: { pool: { present: 2 } },
    },
  );
  assert.deepEqual(Object.keys(state.board.rooms).sort(), ["r2", "r3"]);
  assert.deepEqual(state.board.rooms.r2.people, ["x"]);
  assert.deepEqual(state.board.parts, { calls: [], pool: { present: 2 } });
});

test("minutes together are counted until the server's own count is read", () => {
  const folded = [
    [welcome(), 0],
    [phase("preview", { starts_at: 20_000, ends_at: 80_000 }), 0],
    [
      room({
        starts_at: 20_000,
        ends_at: 80_000,
        shared: [{ people: ["ana", "bo"], interests: ["kilns"] }],
      }),
      0,
    ],
    [phase("round", { starts_at: 20_000, ends_at: 80_000 }), 20_000],
    [{ type: "room-people", left: ["chidi"], joined: [emre] }, 50_000],
    [phase("break", { ends_at: 90_000 }), 80_100],
  ].reduce((state, [message, at]) => reduce(state, message, at), initial());
  assert.deepEqual(
    metInRound(folded, 1).map((met) => [met.card.id, met.seconds, met.shared]),
    [
      ["bo", 60, ["kilns"]],
      ["chidi", 30, []],
      ["emre", 30, []],
    ],
  );
  const counted = [
    {
      card: bo,
      rounds: [1],
      seconds: 59,
      shared: [],
      yes: false,
      fields: [],
      card_fields: [],
      text: "",
      next_step: "",
    },
  ];
  assert.equal(
    metWith(reduce(folded, { type: "you", you: you({ met: counted }) }), "bo").seconds,
    59,
  );
});

test("empty fields withdraw a contact that was there, and make one that was not", () => {
  const made = reduce(inRoom(), { type: "contact", card: bo, fields: {} });
  assert.ok("bo" in made.contacts);
  assert.ok(!("bo" in reduce(made, { type: "contact", card: bo, fields: {} }).contacts));
});

test("ready holds until the preview", () => {
  const state = did(fold(welcome()), { type: "ready" });
  assert.equal(state.you.ready, true);
  assert.equal(reduce(state, phase("preview"), 1).you.ready, false);
});

const FLOOR_ROOM = { id: "r1-1", mode: "online", table: null, people: [], count: 1, full: false };
const EMPTY_ROOM = { ...FLOOR_ROOM, id: "new", count: 0 };

test("the floor keeps rooms that did not change, and forgets those that are gone", () => {
  const other = { ...FLOOR_ROOM, id: "r1-2" };
  let state = reduce(initial(), { type: "floor", whole: true, most: 6, rooms: [FLOOR_ROOM, EMPTY_ROOM] });
  state = reduce(state, { type: "floor", whole: false, most: 6, gone: [], rooms: [other] });
  assert.deepEqual(Object.keys(state.floor.rooms), ["r1-1", "r1-2"], "an empty room is told anew each time");
  state = reduce(state, { type: "floor", whole: false, most: 6, gone: ["r1-1"], rooms: [EMPTY_ROOM] });
  assert.deepEqual(Object.keys(state.floor.rooms), ["r1-2", "new"]);
  state = reduce(state, { type: "floor", whole: true, most: 6, rooms: [EMPTY_ROOM] });
  assert.deepEqual(Object.keys(state.floor.rooms), ["new"]);
});

test("a visiting host is seen in the room and sits nowhere in it", () => {
  const host = { id: "dana", name: "Dana" };
  const room = { id: "r1-1", round: 1, people: [{ id: "ana", name: "Ana" }], starts_at: 0, ends_at: null };
  let state = { ...initial(), you: { id: "ana", met: [] }, event: { phase: "round" } };
  state = reduce(state, { type: "room", ...room }, 5);
  state = reduce(state, { type: "room-people", joined: [host], left: [], visiting: ["dana"] }, 6);
  assert.deepEqual(state.room.visitors, [host]);
  assert.equal(state.room.people.length, 1);
  state = reduce(state, { type: "room-people", joined: [], left: ["dana"], visiting: ["dana"] }, 7);
  assert.deepEqual(state.room.visitors, []);
  assert.deepEqual(state.happened.map((line) => [line.kind, line.name]), [["visits", "Dana"], ["visit-ended", "Dana"]]);
});

test("a pause in a round is counted for its room, and kept when its deadline changes", () => {
  const seated = inRoom();
  const paused = reduce(seated, phase("round", { paused: 20_000 }), 20_000);
  const resumed = reduce(paused, phase("round", { ends_at: 91_000 }), 50_000);
  assert.equal(resumed.room.stood_ms, 30_000);
  const longer = reduce(resumed, phase("round", { ends_at: 151_000 }), 51_000);
  assert.equal(longer.room.stood_ms, 30_000);
  const own = reduce(longer, { type: "room", ...room({ ends_at: 99_000 }) }, 52_000);
  assert.equal(own.room.stood_ms, 30_000);
  const read = reduce(initial(), { ...welcome(), room: room({ stood_ms: 30_000 }) }, 53_000);
  assert.equal(read.room.stood_ms, 30_000, "a reload reads it from the server");
});
