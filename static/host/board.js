// What a host's page knows: a fold of the socket's messages, pure and without the page.
// Rooms keep their identity while they do not change, so that only changed tables are drawn again.
// It words nothing (sentences.js does) and asks nothing (asking.js does).

const REPLACED_PARTS = ["pool", "proposal", "calls", "deliveries", "reports", "log", "called", "met_few", "undo"];

const SAID_KEPT = 50;

export const EMPTY = Object.freeze({
  event: null,
  you: null,
  rooms: new Map(),
  people: new Map(),
  pool: null,
  proposal: null,
  calls: [],
  deliveries: [],
  reports: [],
  log: [],
  called: false,
  undo: [], // each host's latest change that may be taken back, and what prevents it since
  met_few: [], // who is here and has met few so far, by name
  topics: [],
  listed: null, // topics: chosen, and proposed
  plan: null, // the rounds to come, and their revision
  said: [], // in the room one visits, since one came
  standing: null,
  sound: false, // whether rooms carry sound at all
});

/** Returns the board after `message`; the same object when it changes nothing. */
export function heard(board, message) {
  const hear = HEARD[message.type];
  return hear ? hear(board, message) : board;
}

const HEARD = {
  welcome(board, message) {
    const sound = (message.media?.policy ?? "none") !== "none";
    if (message.resumed) return { ...board, sound, you: message.you ?? board.you };
    return { ...EMPTY, sound, you: message.you, event: message.event };
  },
  you(board, message) {
    const stays = message.you.visiting === board.you?.visiting;
    return { ...board, you: message.you, said: stays ? board.said : [] };
  },
  said(board, { id, room, name, text }) {
    if (!board.you?.visiting || room !== board.you.visiting) return board;
    return { ...board, said: [...board.said, { id, name, text }].slice(-SAID_KEPT) };
  },
  phase(board, message) {
    const { phase, round, rounds, starts_at, ends_at, paused, closes_at = null } = message;
    const { kind = "matched", stream_url = "", programme = board.event?.programme } = message;
    const told = { phase, round, rounds, starts_at, ends_at, paused, closes_at };
    return { ...board, event: { ...board.event, ...told, kind, stream_url, programme } };
  },
  board(board, message) {
    const rooms = new Map(message.rooms.map((room) => [room.id, room]));
    return { ...withParts(board, message.parts ?? {}), rooms, topics: message.topics ?? [] };
  },
  "board-change"(board, { rooms: changed = [], gone = [], parts = {} }) {
    const next = withParts(board, parts);
    if (!changed.length && !gone.length) return next;
    const rooms = new Map(board.rooms);
    for (const room of changed) rooms.set(room.id, room);
    for (const id of gone) rooms.delete(id);
    return { ...next, rooms };
  },
  call(board, { type, ...call }) {
    const others = board.calls.filter((known) => known.id !== call.id);
    return { ...board, calls: [...others, call].sort((a, b) => a.at - b.at) };
  },
  lobby(board, { present }) {
    return board.event ? { ...board, event: { ...board.event, present } } : board;
  },
  notice(board, notice) {
    if (notice.code === "store-away") return { ...board, standing: "store-away" };
    if (notice.code === "store-back") return { ...board, standing: null };
    return board;
  },
};

function withParts(board, parts) {
  const next = { ...board };
  if ("topics" in parts) next.listed = parts.topics;
  if ("programme" in parts) next.plan = parts.programme;
  for (const part of REPLACED_PARTS) if (part in parts) next[part] = parts[part];
  if ("people" in parts) next.people = sameSeats(board.people, parts.people);
  return next;
}

function sameSeats(before, seats) {
  return new Map(seats.map((seat) => {
    const known = before.get(seat.id);
    const same = known && known.name === seat.name && known.state === seat.state
      && known.mode === seat.mode && known.camera === seat.camera && known.microphone === seat.microphone;
    return [seat.id, same ? known : seat];
  }));
}

/** Returns somebody's name, wherever the board knows them from; "" when it does not. */
export function nameOf(board, id) {
  if (!id) return "";
  const known = board.people.get(id);
  if (known) return known.name;
  for (const room of board.rooms.values()) {
    const seat = room.people.find((person) => person.id === id);
    if (seat) return seat.name;
  }
  return board.pool?.waiting?.find((seat) => seat.id === id)?.name ?? "";
}

/** Returns the room that somebody sits in now, or null. */
export function roomOf(board, id) {
  for (const room of board.rooms.values()) {
    if (!room.ended && room.people.some((seat) => seat.id === id)) return room;
  }
  return null;
}

/** Returns the rooms in the order of their labels: tables by number, then rooms as seated. */
export function inOrder(rooms) {
  return [...rooms.values()].sort((a, b) => collator.compare(a.id, b.id));
}

const collator = new Intl.Collator("en", { numeric: true });

/** Returns the ids of rooms that a call not yet answered came from. */
export function callingRooms(calls) {
  return new Set(calls.filter((call) => call.answered == null && call.room).map((c) => c.room));
}

/** A room in which nobody could be heard, nor wrote, for so long stands out. */
const SILENT_MS = 60_000;

/**
 * Returns whether a room of people online is silent: for a minute all microphones have been off and
 * nobody wrote. Whether anybody speaks is not known to the server, and must not be.
 */
export function isSilent(room, now) {
  const there = room.people.filter((seat) => seat.state === "here");
  return room.quiet_since != null && there.length > 1 && now - room.quiet_since >= SILENT_MS;
}

/** Returns whether somebody online sends no picture, where rooms carry one. */
export function hasNoCamera(board, seat) {
  return board.sound && seat.mode !== "on-site" && seat.state === "here" && seat.camera === false;
}

/**
 * Returns what stands out in a room, the gravest first: "calls", "alone", "station", "away",
 * "silent", or "".
 * `now` (ms) is left out where rooms carry no sound, or stand still.
 */
export function standsOut(room, calling, now = null) {
  if (room.ended) return "";
  if (calling.has(room.id) || room.calls > 0) return "calls";
  if (room.alone) return "alone";
  if (room.station_away) return "station";
  if (room.people.some((seat) => seat.state === "dropped" || seat.state === "not-here-yet")) {
    return "away";
  }
  if (now != null && isSilent(room, now)) return "silent";
  return "";
}

/** So many silent rooms are named one by one; more of them are one thing to look at. */
const SILENT_SHOWN = 3;

/** Returns the instant as of which rooms are silent, or null where nobody can be heard now. */
export function listensAt(board, now) {
  const heard = board.sound && board.event?.phase === "round" && board.event.paused == null;
  return heard ? now : null;
}

/**
 * Returns everything that waits for a host, the gravest first, each with a key of its own, but for
 * what was `seenTo`. `now` (ms) is null where rooms carry no sound, or stand still.
 */
export function needs(board, now = null, seenTo = new Set()) {
  return allNeeds(board, now, seenTo).filter((need) => !seenTo.has(need.key));
}

function allNeeds(board, now, seenTo) {
  const calls = board.calls
    .filter((call) => call.answered == null)
    .map((call) => ({ kind: "call", key: `call-${call.id}`, call }));
  const reports = board.reports.map((report) => ({
    kind: "report", key: `report-${report.id}`, report,
  }));
  const rooms = inOrder(board.rooms).filter((room) => !room.ended);
  const alone = rooms
    .filter((room) => room.alone)
    .map((room) => ({ kind: "alone", key: `alone-${room.id}-${room.alone}`, room }));
  const stations = rooms
    .filter((room) => room.station_away)
    .map((room) => ({ kind: "station", key: `station-${room.id}`, room }));
  const waiting = waitingForYes(board).map((seat) => ({
    kind: "yes", key: `yes-${seat.id}`, seat,
  }));
  return [...calls, ...reports, ...waiting, ...alone, ...stations, ...silentNeeds(rooms, callingRooms(board.calls), now, seenTo)];
}

/** Returns the silent rooms; one that calls is waited for already. */
function silentNeeds(rooms, calling, now, seenTo) {
  const silent = rooms
    .filter((room) => now != null && !calling.has(room.id) && isSilent(room, now) && !seenTo.has(`silent-${room.id}`))
    .map((room) => ({ kind: "silent", key: `silent-${room.id}`, room }));
  if (silent.length <= SILENT_SHOWN) return silent;
  return [{ kind: "silent-many", key: `silent-${rooms[0].round}`, count: silent.length }];
}

/**
 * Returns somebody as they are now, wherever the board shows them; undefined for nobody known.
 * The list of everybody is as of its last change: who is away may meanwhile be in a room.
 */
export function seatOf(board, id) {
  return roomOf(board, id)?.people.find((seat) => seat.id === id)
    ?? board.pool?.waiting?.find((seat) => seat.id === id)
    ?? board.people.get(id);
}

/** Returns whether a person on site is checked in, for the list says so on every check. */
export function isCheckedIn(board, id) {
  return board.people.get(id)?.state === "here";
}

/** Returns those at the door who need a host's yes (rule 13). */
export function waitingForYes(board) {
  return (board.pool?.waiting ?? []).filter((seat) => seat.state === "waits-for-yes");
}

/** Returns `text` as it is compared: width, case and spaces do not matter. */
export function folded(text) {
  return text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();
}

/** Returns whether a room, by its label or one of its people, is meant by `sought` (folded). */
export function roomMatches(room, label, sought) {
  if (!sought) return true;
  if (folded(label) === sought) return true;
  if (/^t?\d+$/.test(sought)) return false; // a number means that room, not everybody named so
  return folded(label).includes(sought)
    || room.people.some((seat) => nameMatches(seat.name, sought));
}

/** Returns whether a name is meant by `sought` (folded): each of its words is in the name. */
export function nameMatches(name, sought) {
  const whole = folded(name);
  return sought.split(" ").every((word) => whole.includes(word));
}
