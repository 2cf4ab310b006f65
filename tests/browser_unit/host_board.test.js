import assert from "node:assert/strict";
import { test } from "node:test";
import {
  EMPTY, callingRooms, folded, heard, inOrder, isCheckedIn, nameMatches, nameOf, needs, roomMatches,
  listensAt, roomOf, seatOf, standsOut, hasNoCamera,
} from "../../static/host/board.js";

const seat = (id, name, state = "here", mode = "online") => ({ id, name, state, mode });

function room(id, people, changes = {}) {
  return {
    id, round: 1, table: null, mode: "online", people, starts_at: 0, ends_at: 60_000, ended: false,
    alone: null, calls: 0, ...changes,
  };
}

const welcome = {
  type: "welcome", session: "s", tip: "t", now: 0, resumed: false, you: { id: "dana", name: "Dana" },
  event: { id: "e", title: "Spring", phase: "round", round: 1, rounds: 3, starts_at: 0, ends_at: 60_000, paused: null },
};

const ana = seat("ana", "Ana Kimura");
const bo = seat("bo", "Bo Lindqvist");
const chidi = seat("chidi", "Chidi Okafor");
const emre = seat("emre", "Emre Yılmaz", "away", "on-site");
const hanako = seat("hanako", "佐藤 花子", "waits-for-yes");

function board(rooms, parts = {}) {
  return [welcome, { type: "board", rooms, parts, topics: [] }].reduce(heard, EMPTY);
}

test("a full welcome forgets what was there, a resumed one keeps it", () => {
  const known = board([room("r1-1", [ana, bo])]);
  assert.equal(heard(known, { ...welcome, resumed: true, event: undefined }).rooms.size, 1);
  assert.equal(heard(known, welcome).rooms.size, 0);
});

test("a change redraws the rooms it names and leaves the others as they were", () => {
  const before = board([room("r1-1", [ana, bo]), room("r1-2", [chidi])]);
  const after = heard(before, { type: "board-change", rooms: [room("r1-2", [chidi, emre])], gone: [], parts: {} });
  assert.equal(after.rooms.get("r1-1"), before.rooms.get("r1-1"));
  assert.equal(after.rooms.get("r1-2").people.length, 2);
});

test("rooms that are gone leave the floor", () => {
  const before = board([room("r1-1", [ana, bo]), room("r1-2", [chidi])]);
  const after = heard(before, { type: "board-change", rooms: [room("r2-1", [ana])], gone: ["r1-1", "r1-2"], parts: {} });
  assert.deepEqual([...after.rooms.keys()], ["r2-1"]);
});

test("a change of parts keeps the very same rooms, so that no table is drawn again", () => {
  const before = board([room("r1-1", [ana, bo])]);
  const after = heard(before, { type: "board-change", parts: { called: true } });
  assert.equal(after.rooms, before.rooms);
  assert.equal(after.called, true);
});

test("a part left out stays as it was, a part that is null is gone", () => {
  const before = board([], { proposal: { round: 2 }, calls: [{ id: "c", answered: null }] });
  const after = heard(before, { type: "board-change", parts: { proposal: null } });
  assert.equal(after.proposal, null);
  assert.equal(after.calls.length, 1);
});

test("the phase moves on without a word about the rest of the event", () => {
  const after = heard(board([]), { type: "phase", phase: "break", round: 1, rounds: 3, starts_at: 0, ends_at: null, paused: null });
  assert.equal(after.event.phase, "break");
  assert.equal(after.event.title, "Spring");
});

test("unknown messages change nothing", () => {
  const before = board([]);
  assert.equal(heard(before, { type: "something-new" }), before);
});

test("rooms stand in the order of their numbers, not of their letters", () => {
  const { rooms } = board([room("r1-10", []), room("r1-9", []), room("r1-1", [])]);
  assert.deepEqual(inOrder(rooms).map(({ id }) => id), ["r1-1", "r1-9", "r1-10"]);
});

test("a call outweighs somebody alone, and that somebody who dropped", () => {
  const calling = callingRooms([{ id: "c", room: "r1-1", answered: null }]);
  assert.equal(standsOut(room("r1-1", [ana], { alone: "ana" }), calling), "calls");
  assert.equal(standsOut(room("r1-2", [ana], { alone: "ana" }), calling), "alone");
  assert.equal(standsOut(room("r1-3", [seat("bo", "Bo", "dropped"), ana]), calling), "away");
  assert.equal(standsOut(room("r1-4", [seat("emre", "Emre", "expected"), ana]), calling), "");
  assert.equal(standsOut(room("r1-5", [], { ended: true, alone: "ana" }), calling), "");
});

test("an answered call needs nobody, even when the answer has no words", () => {
  assert.equal(callingRooms([{ id: "c", room: "r1-1", answered: "" }]).size, 0);
  assert.deepEqual(needs(board([], { calls: [{ id: "c", from: "ana", answered: "" }] })), []);
});

test("what needs a host comes gravest first, each under a key of its own", () => {
  const all = needs(board([room("r1-1", [ana], { alone: "ana" })], {
    calls: [{ id: "c", from: "bo", room: null, answered: null }],
    reports: [{ id: "q", by: "ana", about: "bo", text: "", at: 0 }],
    pool: { waiting: [hanako, chidi] },
  }));
  assert.deepEqual(all.map(({ kind }) => kind), ["call", "report", "yes", "alone"]);
  assert.equal(new Set(all.map(({ key }) => key)).size, 4);
});

test("somebody is found where they are now, not where the list once had them", () => {
  const known = board([room("r1-1", [ana, bo])], { people: [seat("ana", "Ana Kimura", "away"), emre], pool: { waiting: [chidi] } });
  assert.equal(seatOf(known, "ana").state, "here");
  assert.equal(seatOf(known, "chidi"), known.pool.waiting[0]);
  assert.equal(roomOf(known, "bo").id, "r1-1");
  assert.equal(roomOf(known, "chidi"), null);
  assert.equal(nameOf(known, "emre"), "Emre Yılmaz");
  assert.equal(nameOf(known, "nobody"), "");
  assert.equal(isCheckedIn(known, "emre"), false);
});

test("a room is found by its number or by somebody in it", () => {
  const one = room("r1-1", [ana, hanako]);
  assert.ok(roomMatches(one, "1", folded("1")));
  assert.ok(!roomMatches(room("r1-12", [ana]), "12", folded("1")));
  assert.ok(roomMatches(room("r1-7", [ana], { table: 7 }), "T7", folded("t7")));
  assert.ok(roomMatches(one, "1", folded("kimura")));
  assert.ok(roomMatches(one, "1", folded("花子")));
  assert.ok(!roomMatches(one, "1", folded("bo")));
});

test("names are compared without width, case or order", () => {
  assert.ok(nameMatches("Ana Kimura", folded("ＫＩＭ ana")));
  assert.ok(!nameMatches("Ana Kimura", folded("ana sato")));
});

test("a room stands out as silent after a minute in which nobody could be heard, nor wrote", () => {
  const none = new Set();
  const quiet = room("r1-1", [ana, bo], { quiet_since: 1000 });
  assert.equal(standsOut(quiet, none, 60_999), "");
  assert.equal(standsOut(quiet, none, 61_000), "silent");
  assert.equal(standsOut(quiet, none), "", "where rooms carry no sound, nothing is said of it");
  assert.equal(standsOut(room("r1-2", [ana, bo], { quiet_since: null }), none, 999_999), "");
  assert.equal(standsOut(room("r1-3", [ana], { quiet_since: 0 }), none, 999_999), "", "nobody to talk to");
});

test("no camera is said of people online who are here, where rooms carry a picture", () => {
  const dark = { ...ana, camera: false };
  assert.equal(hasNoCamera({ sound: true }, dark), true);
  assert.equal(hasNoCamera({ sound: false }, dark), false);
  assert.equal(hasNoCamera({ sound: true }, { ...dark, camera: true }), false);
  assert.equal(hasNoCamera({ sound: true }, { ...dark, mode: "on-site" }), false);
  assert.equal(hasNoCamera({ sound: true }, { ...dark, state: "dropped" }), false);
});

test("silent rooms need a host one by one, more than three as one, and none that calls", () => {
  const quiet = (n) => room(`r1-${n}`, [ana, bo], { quiet_since: 0 });
  const kinds = (known, seenTo) => needs(known, 60_000, seenTo).map(({ kind, key }) => `${kind} ${key}`);
  assert.deepEqual(kinds(board([quiet(1), quiet(2)])), ["silent silent-r1-1", "silent silent-r1-2"]);
  assert.deepEqual(kinds(board([quiet(1), quiet(2)]), new Set(["silent-r1-1"])), ["silent silent-r1-2"]);
  const many = board([1, 2, 3, 4].map(quiet));
  assert.deepEqual(kinds(many), ["silent-many silent-1"]);
  assert.deepEqual(kinds(many, new Set(["silent-1"])), []);
  const calls = [{ id: "c", from: "ana", room: "r1-1", answered: null }];
  assert.deepEqual(kinds(board([quiet(1)], { calls })), ["call call-c"]);
  assert.deepEqual(needs(board([quiet(1)])), [], "where nobody can be heard, nobody is silent");
});

test("nobody is listened for while rooms stand still, or carry no sound", () => {
  const sounding = { sound: true, event: { phase: "round", paused: null } };
  assert.equal(listensAt(sounding, 7), 7);
  assert.equal(listensAt({ ...sounding, sound: false }, 7), null);
  assert.equal(listensAt({ ...sounding, event: { phase: "round", paused: 3 } }, 7), null);
  assert.equal(listensAt({ ...sounding, event: { phase: "break", paused: null } }, 7), null);
});

test("a station that is away outweighs somebody who dropped, and needs a host", () => {
  const apart = room("r1-1", [ana, seat("bo", "Bo", "dropped")], { mode: "mixed", station_away: true });
  assert.equal(standsOut(apart, new Set()), "station");
  assert.deepEqual(needs(board([apart])).map(({ key }) => key), ["station-r1-1"]);
  assert.equal(standsOut({ ...apart, ended: true }, new Set()), "");
});

test("who has met few comes as a part of its own and stays until it is told anew", () => {
  const known = board([], { met_few: [{ id: "ana", name: "Ana", met: 0 }] });
  const later = heard(known, { type: "board-change", parts: { called: true } });
  assert.deepEqual(later.met_few.map(({ id }) => id), ["ana"]);
  assert.deepEqual(heard(known, { type: "board-change", parts: { met_few: [] } }).met_few, []);
});
