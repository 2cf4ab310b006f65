// What happened, in words: the server tells codes and ids, this page says who and where. Pure.
// A line nobody acted on (`by` is empty) is told without a doer; unknown codes are passed over.

import { called, t, tn } from "../words.js";
import { nameOf } from "./board.js";
import { lasting, roomWithin } from "./sentences.js";

const UNDO_MS = 30_000; // rule 15

const UNDOABLE = {
  rearranged: ({ board, name, line }) => t("{name} to {room}", {
    name, room: line.room ? roomWithin(board.rooms.get(line.room) ?? { id: line.room, table: null }) : t("the lobby"),
  }),
  "proposal-changed": () => t("the next seating"),
  "closing-began": () => t("the closing"),
};

/** What has happened since a change and prevents its undo, by the server's code. */
const SINCE = {
  rooms: () => t("Something else has happened in those rooms since."),
  proposal: () => t("The proposal has changed since."),
};

/**
 * Returns this host's change that `undo` takes back at `now`, whatever came after it: {words, closing,
 * until, since}; null where there is none. `since` says what prevents it, "" where nothing does.
 */
export function undoable(board, now) {
  const own = board.undo.filter(({ by, at }) => by === board.you?.id && now - at <= UNDO_MS);
  const change = own.toSorted((a, b) => b.at - a.at).at(0);
  if (!change) return null;
  const line = board.log.findLast(({ by, at, what }) => by === change.by && at === change.at && what in UNDOABLE);
  if (!line) return null;
  const name = nameOf(board, line.about) || t("Somebody");
  return {
    words: UNDOABLE[line.what]({ board, line, name }),
    closing: line.what === "closing-began",
    until: line.at + UNDO_MS,
    since: SINCE[change.since]?.() ?? "",
  };
}

/** Says whether this host may keep the event open that they asked to close, whatever they did since. */
export function mayKeepOpen(board) {
  return board.undo.some(({ by, closing }) => closing && by === board.you?.id);
}

/** Returns one line of the log as a sentence; "" for what a host need not read. */
export function logSentence(board, line) {
  const word = LINES[line.what];
  if (!word) return "";
  const room = line.room ? board.rooms.get(line.room) ?? { id: line.room, table: null } : null;
  return word({
    board,
    line,
    who: doer(board, line.by ?? ""),
    name: nameOf(board, line.about) || t("Somebody"),
    room: room ? roomWithin(room) : "",
  });
}

function doer(board, by) {
  if (by === "organiser") return t("The organiser");
  const name = nameOf(board, by);
  return name && called(name);
}

const LINES = {
  "doors-opened": ({ who }) => (who ? t("{who} opened the doors", { who }) : t("Doors opened")),
  "closing-began": ({ who }) => (who ? t("{who} closes the event", { who }) : t("The event closes")),
  "event-ended": () => t("The event ended"),
  "round-called": ({ who }) => (who ? t("{who} called the round", { who }) : t("The round was called")),
  "call-withdrawn": () => t("The round could not be held: too few people are here"),
  "seating-fixed": ({ line, who }) => seatsFixed(who, line.changed
    ? tn("Everybody sees whom they meet; {n} room changed since the proposal", "Everybody sees whom they meet; {n} rooms changed since the proposal", line.changed)
    : t("Everybody sees whom they meet")),
  "open-called": ({ who }) => (who ? t("{who} called an open floor", { who }) : t("An open floor was called")),
  "plenary-called": ({ who }) => (who ? t("{who} called everybody together", { who }) : t("Everybody was called together")),
  "round-started": () => t("The round started"),
  "round-ended": ({ who }) => (who ? t("{who} ended the round", { who }) : t("The round ended")),
  "break-ended": () => t("The last break is over"),
  "preview-shortened": () => t("Everybody is at their table: the round starts earlier"),
  paused: ({ who }) => (who ? t("{who} paused", { who }) : t("Paused")),
  resumed: ({ who }) => (who ? t("{who} resumed", { who }) : t("Resumed")),
  "deadline-moved": deadlineMoved,
  "seated-moved": ({ who, name, room }) => (who
    ? t("{who} moved {name} to {room}", { who, name, room }) : t("{name} moved to {room}", { name, room })),
  "seated-late": ({ name, room }) => t("{name} came late and joined {room}", { name, room }),
  "seated-stranded": ({ name, room }) => t("{name} had nobody left and joined {room}", { name, room }),
  "seated-back": ({ name, room }) => t("{name} is back in {room}", { name, room }),
  "unseated-moved": ({ who, name }) => (who
    ? t("{who} moved {name} to the lobby", { who, name }) : t("{name} moved to the lobby", { name })),
  "unseated-left": ({ name, room }) => t("{name} left {room}", { name, room }),
  "unseated-stranded": ({ name }) => t("{name} had nobody left and waits in the lobby", { name }),
  "room-opened": ({ room }) => t("People who came late got {room}", { room }),
  "room-ended": ({ who, room }) => (who
    ? t("{who} ended {room}", { who, room }) : t("It is over in {room}", { room })),
  "proposal-changed": ({ who }) => t("{who} changed the next seating", { who }),
  undone: ({ who }) => t("{who} took their last change back", { who }),
  "programme-changed": ({ who }) => t("{who} changed the programme", { who }),
  visited: ({ who, room }) => t("{who} visits {room}", { who, room }),
  "visit-ended": ({ who, room }) => t("{who} left {room} again", { who, room }),
  "topic-accepted": ({ who }) => t("{who} accepted a topic", { who }),
  "topic-dropped": ({ who }) => t("{who} took a topic off the list", { who }),
  removed: ({ who, name }) => (who ? t("{who} removed {name}", { who, name }) : t("{name} was removed", { name })),
  readmitted: ({ who, name }) => (who ? t("{who} let {name} in", { who, name }) : t("{name} was let in", { name })),
  announced: ({ board, line, who }) => {
    const text = board.deliveries.find((delivery) => delivery.id === line.about)?.text;
    return text ? t("{who} announced: {text}", { who, text }) : t("{who} announced something", { who });
  },
  "host-called": ({ board, line, who }) => {
    const from = board.calls.find((call) => call.id === line.about)?.room;
    const room = from && board.rooms.get(from);
    return room
      ? t("{who} called a host from {room}", { who, room: roomWithin(room) })
      : t("{who} called a host", { who });
  },
  "call-answered": ({ board, line, who }) => {
    const caller = nameOf(board, board.calls.find((call) => call.id === line.about)?.from);
    return caller ? t("{who} answered {name}", { who, name: caller }) : t("{who} answered a call", { who });
  },
};

function deadlineMoved({ line, who, room }) {
  const seconds = line.seconds ?? 0;
  const length = lasting(Math.abs(seconds));
  if (room && !who) return t("{room} wished for {length} more", { room, length });
  if (!who) return t("The end moved by {length}", { length });
  const where = room || t("everybody");
  return seconds < 0
    ? t("{who} took {length} off for {where}", { who, length, where })
    : t("{who} gave {where} {length} more", { who, length, where });
}

function seatsFixed(who, sentence) {
  return who ? t("{who} called the round. {sentence}", { who, sentence }) : sentence;
}
