// What happened, in words: the server tells codes and ids, this page says who and where. Pure.

import { t } from "../words.js";
import { nameOf } from "./board.js";
import { lasting, roomName } from "./sentences.js";

/** Returns one line of the log as a sentence; "" for what a host need not read. */
export function logSentence(board, line) {
  const word = LINES[line.what];
  if (!word) return "";
  const who = nameOf(board, line.by) || t("The clock");
  const about = nameOf(board, line.about) || t("somebody");
  const room = board.rooms.get(line.room);
  const where = room ? roomName(room) : line.room ? roomName({ id: line.room, table: null }) : "";
  return word({ who, about, where, line });
}

const LINES = {
  "doors-opened": ({ who }) => t("{who} opened the doors", { who }),
};
