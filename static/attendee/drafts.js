/**
 * What was being written in a chat and not sent yet, by room: neither a round's end nor a reload eats a
 * sentence. Kept in this tab, and in memory where its store is blocked: on a borrowed computer nothing
 * stays behind. Sends nothing.
 *
 * The store holds one room's draft besides the lobby's: of a room that is over nobody sends anything;
 * and none of a practice.
 */
import { browserStore } from "../kept.js";
import { boot, page, state } from "./session.js";

const store = browserStore(() => globalThis.sessionStorage);
let drafts = null;

function place() {
  return `meguri:${boot.event}:${state.peek().you.id}:drafts`;
}

function known() {
  drafts ??= new Map(read(store.get(place())));
  return drafts;
}

/** Returns what was being written in `room` (or `lobby`). */
export function draftOf(room) {
  return known().get(room) ?? "";
}

/** Keeps what is being written in `room` (or `lobby`); nothing is kept of an empty field. */
export function keepDraft(room, text) {
  const all = known();
  if (text) all.set(room, text);
  else all.delete(room);
  if (page.peek() === "practice") return;
  const rows = [...all].filter(([of]) => of === "lobby" || of === room);
  store.set(place(), rows.length ? JSON.stringify(rows) : null);
}

function read(text) {
  try {
    const rows = JSON.parse(text ?? "[]");
    return rows.filter(([room, draft]) => typeof room === "string" && typeof draft === "string");
  } catch {
    return []; // not ours, or half written
  }
}
