// What is said aloud, once each, and shown in the tab's title, when something needs a host. Pure.

import { t } from "../words.js";
import { nameOf, needs } from "./board.js";
import { phaseTitle, roomName, roomWithin } from "./sentences.js";

/** Returns what waits and has not been said yet as [key, sentence] pairs, in order of gravity. */
export function newlyNeeded(board, saidKeys, now = null, seenTo = undefined) {
  return needs(board, now, seenTo)
    .filter((need) => !saidKeys.has(need.key))
    .map((need) => [need.key, aloud(board, need)]);
}

function aloud(board, need) {
  switch (need.kind) {
    case "call": {
      const room = need.call.room && board.rooms.get(need.call.room);
      const who = room ? roomName(room) : nameOf(board, need.call.from);
      return need.call.text
        ? t("{room} calls: {text}", { room: who, text: need.call.text }) : t("{name} calls", { name: who });
    }
    case "report":
      return t("{a} reports {b}", {
        a: nameOf(board, need.report.by), b: nameOf(board, need.report.about),
      });
    case "alone":
      return t("{name} is alone in {room}", {
        name: nameOf(board, need.room.alone), room: roomWithin(need.room),
      });
    case "station":
      return t("The station of {room} is away", { room: roomWithin(need.room) });
    case "silent":
      return t("{room} is silent", { room: roomName(need.room) });
    case "silent-many":
      return t("{n} rooms are silent", { n: need.count });
    default:
      return t("{name} waits for your yes", { name: need.seat.name });
  }
}

/** Returns what to say when the evening went on to another phase; "" when it did not. */
export function phaseAloud(before, after) {
  if (!before || !after || (before.phase === after.phase && before.round === after.round)) return "";
  return phaseTitle(after);
}

/** Returns the tab's title: the event's, with the number of what waits before it. */
export function tabTitle(title, waiting) {
  return waiting ? `(${waiting}) ${title}` : title;
}
