// The host's page in words: rooms, phases, seats, refusals of fate. Pure; `t` holds the language.
// Codes come from the server as data; what is not known here is passed over, never shown raw.

import { clockText } from "../clock.js";
import { dayAndTime, list, number, t, timeOfDay, tn } from "../words.js";

/** Returns the sign of a room as drawn: "T7" for a table, else its number. */
export function roomSign(room) {
  if (room.table != null) return `T${room.table}`;
  return numberIn(room.id);
}

/** Returns a room's name in words: "Table 7" or "Room 12". */
export function roomName(room) {
  if (room.table != null) return t("Table {n}", { n: room.table });
  return t("Room {n}", { n: numberIn(room.id) });
}

/** Returns a room's name within a sentence: "table 7" or "room 12". */
export function roomWithin(room) {
  if (room.table != null) return t("table {n}", { n: room.table });
  return t("room {n}", { n: numberIn(room.id) });
}

function numberIn(id) {
  return /(\d+)$/.exec(id)?.[1] ?? id;
}

/** Returns a length in words: "8 min", "45 s", "1 min 30 s". */
export function lasting(seconds) {
  if (seconds < 60) return unbroken(t("{n} s", { n: seconds }));
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  return unbroken(rest ? t("{m} min {s} s", { m: minutes, s: rest }) : t("{n} min", { n: minutes }));
}

/** Returns a length or a time of day so that it stays on one line. */
function unbroken(text) {
  return text.replaceAll(" ", "\u00a0");
}

/** Returns where the evening stands, as the title of the clock. */
export function phaseTitle({ phase, round, rounds }) {
  switch (phase) {
    case "draft": return t("Not open yet");
    case "lobby": return round >= rounds && round > 0
      ? t("All rounds are over") : t("The lobby is open");
    case "preview": return t("Round {round} of {rounds} is about to start", { round, rounds });
    case "round": return t("Round {round} of {rounds}", { round, rounds });
    case "break": return t("Break after round {round} of {rounds}", { round, rounds });
    default: return t("The evening is over");
  }
}

/** From so far away on (ms), an instant is a day to come and no countdown. */
const FAR_MS = 20 * 3_600_000;

/** Returns the instant that the large clock counts down to, or null when it waits for somebody. */
export function countsTo({ phase, round, starts_at, ends_at }, now) {
  if (phase === "preview") return starts_at;
  if (phase === "round" || phase === "break") return ends_at;
  if ((phase !== "draft" && phase !== "lobby") || round > 0 || starts_at == null) return null;
  return starts_at - now < FAR_MS ? starts_at : null;
}

/** Returns the sentence under the clock: until when, for whom, and what comes then; a `helper` ends nothing. */
export function clockSentence(event, programme, now, helper = false) {
  const say = (host, other) => (helper ? other : host);
  const zone = event.time_zone;
  const at = (instant) => (instant - now < FAR_MS
    ? unbroken(timeOfDay(instant, zone)) : dayAndTime(instant, zone));
  if (event.paused != null && ["preview", "round", "break"].includes(event.phase)) {
    return t("Everything has stood still since {time}", { time: at(event.paused) });
  }
  switch (event.phase) {
    case "draft":
      return event.starts_at
        ? t("doors open at {time}", { time: at(event.starts_at) }) : say(t("doors wait for you"), t("doors wait for a host"));
    case "lobby":
      if (event.round >= event.rounds && event.round > 0) {
        return say(t("people can still talk here until you close the event"), t("people can still talk here until a host closes the event"));
      }
      return event.starts_at && event.round === 0
        ? t("planned for {time}", { time: at(event.starts_at) }) : say(t("the first round waits for you"), t("the first round waits for a host"));
    case "preview":
      if (event.kind === "plenary") return t("in a moment you speak to everybody");
      if (event.kind === "open") return t("in a moment the floor is open");
      return t("everybody sees whom they meet; they talk from {from} to {to}",
        { from: at(event.starts_at), to: at(event.ends_at) });
    case "round": {
      if (event.ends_at == null) return say(t("the floor is open until you end it"), t("the floor is open until a host ends it"));
      const ends = t("ends {time} for everybody", { time: at(event.ends_at) });
      const then = afterRound(event, programme, helper);
      return then ? `${ends} · ${then}` : ends;
    }
    case "break":
      if (event.round >= event.rounds && event.ends_at != null) {
        return t("the last round is over; from {time} on everybody is in the lobby", { time: at(event.ends_at) });
      }
      if (event.ends_at != null) return t("the next round is called at {time}", { time: at(event.ends_at) });
      return event.round < event.rounds
        ? say(t("the next round waits for you"), t("the next round waits for a host")) : t("the last round is over");
    default:
      return t("people keep their contacts; you can export at the desk");
  }
}

function afterRound({ round, rounds }, programme, helper) {
  if (!programme) return "";
  if (round < rounds && !programme[round]?.auto) return helper ? t("then the next round waits for a host") : t("then the next round waits for you");
  const seconds = programme[round - 1]?.break_seconds;
  return seconds ? t("then a break of {length}", { length: clockText(seconds * 1000) }) : "";
}

/** Returns what "Start round" would do, in one sentence. */
export function startSentence(board, programme) {
  const { event, proposal, pool } = board;
  const next = event.round + 1;
  const planned = programme?.[next - 1];
  const length = planned ? lasting(planned.seconds) : "";
  if (planned?.kind === "plenary") return t("You speak to everybody; nobody is seated.");
  if (planned?.kind === "open") return t("People choose their rooms and move as they like.");
  if (proposal?.round === next && proposal.seated > 0) {
    const people = tn("{n} person", "{n} people", proposal.seated);
    const rooms = tn("{n} room", "{n} rooms", proposal.rooms);
    return length
      ? t("Seats {people} in {rooms} for {length}.", { people, rooms, length })
      : t("Seats {people} in {rooms}.", { people, rooms });
  }
  if (pool && pool.present < 2) return t("A round needs two people here.");
  return t("The seating is being worked out; it starts as soon as that is ready.");
}

/** Returns how somebody is, in a word or two; "" for somebody simply there. */
export function seatWords(state) {
  return SEATS[state]?.() ?? "";
}

const SEATS = {
  dropped: () => t("reconnecting"),
  "not-here-yet": () => t("not here yet"),
  expected: () => t("on the way"),
  "no-camera": () => t("no camera"),
  "by-choice": () => t("sits out"),
  "not-ready": () => t("not ready yet"),
  "not-checked-in": () => t("not checked in"),
  "left-over": () => t("no seat this round"),
  "no-table": () => t("no free table"),
  "no-station": () => t("no free station"),
  "only-one": () => t("alone on site or online"),
  "with-person": () => t("their person has no seat"),
  "nobody-to-seat": () => t("no seat this round"),
  stranded: () => t("no seat this round"),
  late: () => t("came late"),
  left: () => t("left the room"),
  moved: () => t("brought to the lobby"),
  "room-ended": () => t("the room ended"),
  "waits-for-yes": () => t("waits for your yes"),
  removed: () => t("removed"),
  away: () => t("not here"),
};

/** Returns how somebody without a room is: "" for somebody simply in the lobby. */
export function waitingWords(seat, phase) {
  if (seat.state === "late" && !["preview", "round"].includes(phase)) return ""; // no round to be late for
  return seatWords(seat.state);
}

/** Returns where everybody is that the board shows, by id: their room, the lobby, and how they are. */
export function places(board) {
  const found = new Map();
  for (const seat of board.pool?.waiting ?? []) {
    found.set(seat.id, waitingWords(seat, board.event.phase) || t("in the lobby"));
  }
  for (const room of board.rooms.values()) {
    if (room.ended) continue;
    for (const seat of room.people) {
      found.set(seat.id, [roomName(room), seatWords(seat.state)].filter(Boolean).join(" · "));
    }
  }
  return found;
}

/** Returns somebody's second line: on site or online, where they are, how they are. */
export function personWords(seat, where) {
  const mode = seat.mode === "on-site" ? t("on site") : t("online");
  return [mode, where.get(seat.id) ?? seatWords(seat.state)].filter(Boolean).join(" · ");
}

/** Returns what stands out in a room as a caption, "" for nothing. */
export function standOutWords(kind, room) {
  if (kind === "calls") return t("calls");
  if (kind === "alone") return t("alone");
  if (kind === "silent") return t("silent");
  if (kind === "station") return t("station away");
  if (kind !== "away") return "";
  const late = room.people.filter((seat) => seat.state === "not-here-yet").length;
  const dropped = room.people.filter((seat) => seat.state === "dropped").length;
  if (dropped) return t("{n} dropped", { n: number(dropped) });
  return t("{n} not here yet", { n: number(late) });
}

/** Returns a room as a screen reader says it: its name, who is in it, and what stands out. */
export function roomAloud(room, kind) {
  const people = room.people.map((seat) => {
    const how = seatWords(seat.state);
    return how ? t("{name} ({state})", { name: seat.name, state: how }) : seat.name;
  });
  const who = people.length ? list(people) : t("nobody");
  const mixed = room.mode === "mixed" ? t("mixed") : "";
  const what = room.ended ? t("ended") : [standOutWords(kind, room), mixed].filter(Boolean).join(" · ");
  const whole = t("{room}: {people}", { room: roomName(room), people: who });
  return what ? t("{room}. {state}", { room: whole, state: what }) : whole;
}

/** Returns how long ago `at` is, coarsely enough not to flicker. */
export function ago(at, now) {
  const seconds = Math.max(0, Math.floor((now - at) / 1000));
  if (seconds < 5) return t("just now");
  if (seconds < 60) return t("{n} s ago", { n: seconds - (seconds % 5) });
  if (seconds < 3600) return t("{n} min ago", { n: Math.floor(seconds / 60) });
  return t("{n} h ago", { n: Math.floor(seconds / 3600) });
}

/** Returns the sizes of a proposal's rooms: "28 of 4, 2 of 3". */
export function sizesWords(sizes) {
  return Object.entries(sizes)
    .map(([size, count]) => [Number(size), count])
    .sort(([a], [b]) => b - a)
    .map(([size, count]) => t("{count} of {size}", { count, size }))
    .join(" · ");
}

/** Returns the sentence for a connection's status; "" when all is well. */
export function lineWords({ now, code = 0, attempt = 0 }, standing, waiting) {
  if (now === "closed") return CLOSED[code]?.() ?? t("This page is no longer connected. Load it again.");
  if (now === "lost" || (now === "connecting" && attempt > 0)) {
    return t("Connection lost, coming back… The evening goes on by itself meanwhile.");
  }
  if (standing === "store-away") {
    return t("The server cannot write just now. Nothing is lost; what you press waits.");
  }
  return waiting ? t("Opening the board…") : "";
}

const CLOSED = {
  4500: () => t("This page was stopped because it sent too much. Load it again."),
  4503: () => t("The event is over and its sockets are closed. You can export at the desk."),
  4504: () => t("This browser may not host this event. Open the host's link again."),
};
