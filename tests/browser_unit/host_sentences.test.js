import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY, heard } from "../../static/host/board.js";
import { logSentence, mayKeepOpen, undoable } from "../../static/host/log.js";
import {
  ago, clockSentence, countsTo, lasting, lineWords, phaseTitle, places, roomAloud, roomName, roomSign,
  roomWithin, sizesWords, standOutWords, startSentence, waitingWords,
} from "../../static/host/sentences.js";
import { useWords } from "../../static/words.js";

useWords({}, "en");

/** As it reads: which spaces may break is for the eye alone. */
const plain = (text) => text.replace(/[\u00a0\u202f]/g, " ");

const NOON = Date.UTC(2026, 10, 21, 12, 0);
const event = {
  phase: "round", round: 2, rounds: 5, starts_at: NOON, ends_at: NOON + 480_000, paused: null,
  time_zone: "Asia/Tokyo",
};
const seat = (id, name, state = "here") => ({ id, name, state, mode: "online" });

function room(id, people, changes = {}) {
  return { id, table: null, people, ended: false, ends_at: event.ends_at, alone: null, ...changes };
}

function board(rooms = [], parts = {}) {
  return [
    { type: "welcome", resumed: false, you: null, event },
    { type: "board", rooms, parts: { people: [seat("dana", "Dana"), seat("ana", "Ana"), seat("bo", "Bo")], ...parts } },
  ].reduce(heard, EMPTY);
}

test("a table has a T and its own number, a room the number of its seating", () => {
  assert.equal(roomSign({ id: "r2-12", table: null }), "12");
  assert.equal(roomSign({ id: "r2-3", table: 7 }), "T7");
  assert.equal(roomName({ id: "r2-3", table: 7 }), "Table 7");
  assert.equal(roomWithin({ id: "r2-12", table: null }), "room 12");
});

test("lengths read as people say them", () => {
  assert.equal(plain(lasting(45)), "45 s");
  assert.equal(plain(lasting(480)), "8 min");
  assert.equal(plain(lasting(90)), "1 min 30 s");
});

test("the clock counts to the start in the preview, to the end in a round, to nothing that waits", () => {
  assert.equal(countsTo({ ...event, phase: "preview" }, NOON), NOON);
  assert.equal(countsTo(event, NOON), NOON + 480_000);
  assert.equal(countsTo({ ...event, phase: "break", ends_at: null }, NOON), null);
  assert.equal(countsTo({ ...event, phase: "lobby", round: 0 }, NOON), NOON);
  assert.equal(countsTo({ ...event, phase: "lobby", round: 5 }, NOON), null);
});

test("a start days away is a day to come, not a countdown of hours", () => {
  const lobby = { ...event, phase: "lobby", round: 0 };
  const days = 3 * 86_400_000;
  assert.equal(countsTo(lobby, NOON - days), null);
  assert.match(plain(clockSentence(lobby, null, NOON - days)), /Saturday, November 21/);
});

test("the sentence under the clock is in the event's own time zone and says what comes then", () => {
  const programme = [{}, { break_seconds: 60 }, { auto: true }];
  assert.equal(plain(clockSentence(event, programme, NOON)), "ends 9:08 PM for everybody · then a break of 1:00");
  assert.equal(plain(clockSentence(event, null, NOON)), "ends 9:08 PM for everybody");
  assert.match(plain(clockSentence(event, [{}, { break_seconds: 60 }, { auto: false }], NOON)), /then the next round waits for you/);
  assert.match(plain(clockSentence({ ...event, paused: NOON }, programme, NOON)), /stood still since 9:00/);
  assert.match(plain(clockSentence({ ...event, phase: "break", ends_at: null })), /waits for you/);
  assert.match(plain(clockSentence({ ...event, phase: "break", ends_at: null }, null, NOON, true)), /waits for a host/);
  assert.match(plain(clockSentence({ ...event, phase: "break", round: event.rounds }, null, NOON)), /last round is over; from 9:08 PM on everybody is in the lobby/);
});

test("after the last round the lobby is not called open for more", () => {
  assert.equal(phaseTitle({ ...event, phase: "lobby", round: 5 }), "All rounds are over");
  assert.equal(phaseTitle({ ...event, phase: "lobby", round: 0 }), "The lobby is open");
});

test("starting a round says what it will do, or why it has to wait", () => {
  const proposal = { round: 3, seated: 114, rooms: 30 };
  assert.equal(plain(startSentence(board([], { proposal }), [{}, {}, { seconds: 480 }])),
    "Seats 114 people in 30 rooms for 8 min.");
  assert.match(plain(startSentence(board([], { proposal: null, pool: { present: 1 } }), null)), /two people/);
  assert.match(plain(startSentence(board([], { proposal: { ...proposal, round: 2 }, pool: { present: 9 } }), null)),
    /being worked out/);
});

test("a room is read aloud with who is in it and what stands out", () => {
  const one = room("r2-4", [seat("ana", "Ana"), seat("bo", "Bo", "dropped")]);
  assert.equal(roomAloud(one, "away"), "Room 4: Ana and Bo (reconnecting). 1 dropped");
  assert.equal(roomAloud(room("r2-5", []), ""), "Room 5: nobody");
  assert.equal(standOutWords("calls", one), "calls");
});

test("everybody the board shows has a place in words", () => {
  const where = places(board([room("r2-4", [seat("ana", "Ana", "dropped")])], {
    pool: { waiting: [seat("bo", "Bo", "by-choice")] },
  }));
  assert.equal(where.get("ana"), "Room 4 · reconnecting");
  assert.equal(where.get("bo"), "sits out");
  assert.equal(waitingWords(seat("bo", "Bo", "late"), "lobby"), "");
  assert.equal(waitingWords(seat("bo", "Bo", "late"), "round"), "came late");
});

test("how long ago is told in steps that do not flicker", () => {
  assert.equal(ago(NOON, NOON + 3_000), "just now");
  assert.equal(ago(NOON, NOON + 43_000), "40 s ago");
  assert.equal(ago(NOON, NOON + 185_000), "3 min ago");
});

test("sizes of a proposal come largest first", () => {
  assert.equal(sizesWords({ 3: 2, 4: 28 }), "28 of 4 · 2 of 3");
});

test("the line about the connection is silent while all is well", () => {
  assert.equal(lineWords({ now: "open" }, null, false), "");
  assert.match(lineWords({ now: "lost", attempt: 1 }, null, false), /coming back/);
  assert.match(lineWords({ now: "open" }, "store-away", false), /Nothing is lost/);
  assert.match(lineWords({ now: "closed", code: 4504 }, null, false), /may not host/);
});

const line = (what, fields = {}) => ({ at: NOON, what, by: "", about: "", room: "", seconds: null, ...fields });

test("the log says who did what to whom, and where", () => {
  const known = board([room("r2-19", [seat("bo", "Bo")], { table: 3 })]);
  assert.equal(plain(logSentence(known, line("seated-moved", { by: "dana", about: "bo", room: "r2-19" }))),
    "Dana moved Bo to table 3");
  assert.equal(plain(logSentence(known, line("deadline-moved", { by: "dana", seconds: 60 }))), "Dana gave everybody 1 min more");
  assert.equal(plain(logSentence(known, line("deadline-moved", { by: "dana", seconds: -60, room: "r2-19" }))),
    "Dana took 1 min off for table 3");
  assert.equal(plain(logSentence(known, line("deadline-moved", { seconds: 240, room: "r2-19" }))), "table 3 wished for 4 min more");
  assert.equal(plain(logSentence(known, line("paused", { by: "organiser" }))), "The organiser paused");
  assert.equal(plain(logSentence(known, line("round-ended"))), "The round ended");
  assert.equal(plain(logSentence(known, line("removed", { by: "dana", about: "gone" }))), "Dana removed Somebody");
});

test("what a newer server adds to the log is passed over, never shown raw", () => {
  assert.equal(plain(logSentence(board(), line("something-new"))), "");
});

test("what an undo takes back is named, for thirty seconds, to who did it, and what prevents it since", () => {
  const rooms = [room("r1-2", [seat("ana", "Ana")])];
  const log = [
    { at: NOON, what: "rearranged", by: "dana", about: "ana", room: "r1-2" },
    { at: NOON + 500, what: "closing-began", by: "dana" },
    { at: NOON + 1000, what: "room-ended", by: "dana", room: "r1-3" },
  ];
  const shown = (undo, line = {}) => ({ ...board(rooms, { log: [{ ...log[0], ...line }, ...log.slice(1)], undo }), you: { id: "dana" } });
  const moved = { by: "dana", at: NOON };
  const closing = { by: "dana", at: NOON + 500, closing: true };
  const words = (undo, line) => undoable(shown(undo, line), NOON + 2000)?.words;
  assert.equal(words([moved]), "Ana to room 2");
  assert.equal(words([moved], { room: "" }), "Ana to the lobby");
  assert.equal(words([moved], { what: "proposal-changed" }), "the next seating");
  assert.equal(words([moved, closing]), "the closing");
  assert.equal(words([{ ...moved, by: "emre" }]), undefined);
  assert.equal(words([]), undefined);
  assert.equal(undoable(shown([moved]), NOON + 30_001), null);
  assert.equal(undoable(shown([moved]), NOON).since, "");
  assert.match(undoable(shown([{ ...moved, since: "rooms" }]), NOON).since, /in those rooms since/);
  assert.equal(mayKeepOpen(shown([moved])), false);
  assert.equal(mayKeepOpen(shown([moved, closing])), true);
});
