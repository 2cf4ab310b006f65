/**
 * What a screen reader hears, once each, when it matters. Pure: from one message, and the state before
 * and after it, to sentences.
 */
import { nameList, t } from "../words.js";
import { isContact, others } from "../state.js";
import { clockText, left } from "../clock.js";
import { happenedWords, noticeWords, sittingOutWords } from "./wording.js";

/** Returns the sentences to be spoken after `message` took the state from `before` to `after`. */
export function spoken(before, message, after, now) {
  const say = SPEAKERS[message.type];
  return say ? say(before, message, after, now).filter(Boolean) : [];
}

/** Returns the sentence for a warning (ms) that has just been crossed. */
export function warning(mark) {
  return mark === 60_000 ? t("One minute left.") : t("Ten seconds left.");
}

const SPEAKERS = {
  room(before, message, after, now) {
    const names = nameList(others(after).map((card) => card.name));
    if (before.room?.id === message.id) {
      if (before.room.ends_at === message.ends_at || message.ends_at <= now) return [];
      return [deadlineWords(message.ends_at, now)];
    }
    const own = message.people?.find((card) => card.id === after.you?.id);
    const walks = message.mode === "on-site" || (message.mode === "mixed" && own?.mode === "on-site");
    if (walks && message.table !== null) {
      return [t("Go to table {table}. You sit with {names}.", { table: message.table, names })];
    }
    return message.starts_at > now
      ? [t("You are about to meet {names}.", { names })]
      : [t("You are in a room with {names}.", { names })];
  },

  phase(before, message, after, now) {
    const was = before.event ?? {};
    if (was.phase !== message.phase) return [phaseWords(message.phase, after)];
    if (was.paused === null && message.paused !== null)
      return [t("The host has paused the clock.")];
    if (was.paused !== null && message.paused === null) return [t("The clock goes on.")];
    const moved =
      message.phase === "round" && was.ends_at !== message.ends_at && after.room?.ends_at;
    return moved ? [deadlineWords(after.room.ends_at, now)] : [];
  },

  "room-people"(before, message, after) {
    const known = new Set(before.happened.map((line) => line.key));
    const lines = after.happened
      .filter((line) => !known.has(line.key))
      .map((line) => happenedWords(line.kind, line.name));
    const joining = (message.joining ?? []).map((item) =>
      t("{name} joins in a moment.", { name: item.card.name }),
    );
    const alone = message.alone_since ? [t("You are alone in this room for now.")] : [];
    return [...lines, ...joining, ...alone];
  },

  "sitting-out"(before, message, after) {
    const told = ["round-ended", "by-choice", "no-round"];
    return told.includes(message.because) ? [] : [sittingOutWords(message.because)];
  },

  said(before, message, after) {
    if (message.from === after.you?.id || before.said.some((entry) => entry.id === message.id))
      return [];
    const here = after.room?.id ?? "lobby";
    return message.room === here
      ? [t("{name}: {text}", { name: message.name, text: message.text })]
      : [];
  },

  notice(before, message) {
    if (message.code) return [noticeWords(message)];
    return [t("The host says: {text}", { text: message.text })];
  },

  contact(before, { card, fields }) {
    return Object.keys(fields).length && !isContact(before, card.id)
      ? [t("You and {name} are in touch now.", { name: card.name })]
      : [];
  },

  call(before, message) {
    const was = before.calls.find((call) => call.id === message.id);
    if (message.answered && !was?.answered)
      return [t("The host answers: {text}", { text: message.answered })];
    return message.seen && !was?.seen ? [t("A host has seen your call.")] : [];
  },
};

function phaseWords(phase, after) {
  switch (phase) {
    case "round":
      return after.room ? t("The round begins.") : "";
    case "break":
      return t("The round is over.");
    case "lobby":
      return t("You are in the lobby.");
    case "ended":
      return t("The evening is over.");
    default:
      return "";
  }
}

function deadlineWords(until, now) {
  return t("The clock was changed: {time} left.", { time: clockText(left(until, now)) });
}
