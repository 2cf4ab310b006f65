/**
 * What was being written and not sent yet, in a chat, to a host, in a report: neither a round's end nor
 * a reload eats a sentence. Kept in this tab, and in memory where its store is blocked: on a borrowed
 * computer nothing stays behind. Sends nothing, and stores nothing of a practice.
 */
import { browserStore } from "../kept.js";
import { boot, page, state } from "./session.js";

/** Of a room that is over nobody sends anything: what was written last is enough. */
const MOST = 8;

const store = browserStore(() => globalThis.sessionStorage);
let drafts = null;

function place() {
  return `meguri:${boot.event}:${state.peek().you.id}:drafts`;
}

function known() {
  drafts ??= new Map(read(store.get(place())));
  return drafts;
}

/** Returns what was being written at `key`: a room, `lobby`, `call`, `report:` with whom it is about. */
export function draftOf(key) {
  return known().get(key) ?? "";
}

/** Keeps what is being written at `key`; nothing is kept of an empty field. */
export function keepDraft(key, text) {
  const all = known();
  all.delete(key);
  if (text) all.set(key, text);
  if (page.peek() === "practice") return;
  const rows = [...all].slice(-MOST);
  store.set(place(), rows.length ? JSON.stringify(rows) : null);
}

function read(text) {
  try {
    const rows = JSON.parse(text ?? "[]");
    return rows.filter(([key, draft]) => typeof key === "string" && typeof draft === "string");
  } catch {
    return []; // not ours, or half written
  }
}
