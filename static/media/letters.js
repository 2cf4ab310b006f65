/**
 * What two roommates' pages write to each other before they see each other, and how it is sent.
 *
 * A letter is {room, session, to, items}. `session`: the writer's, drawn anew whenever they begin anew;
 * `to`: the reader's session, or null while it is not known. Items: {hello}, {description},
 * {candidate}, {want}, and {part} of an item that is too large for one letter.
 *
 * Invariants: no letter is larger than the server takes; items arrive in the order they were put in;
 * what a roommate sends is read here field by field, and whatever else they sent is not looked at.
 */

/** The server hands on 16 KiB of JSON; the rest is room for the letter's head. */
export const MOST_BYTES = 15_000;
/** Candidates come in a burst: one letter carries those of so many ms. */
export const BATCH_MS = 50;

const PART_CHARS = 6_000; // characters of JSON within JSON, of which each may become two
const MOST_PARTS = 8;
const MOST_SDP = 40_000;
const MOST_CANDIDATE = 2_000;
const MOST_ITEMS = 100;

const bytes = (value) => new TextEncoder().encode(JSON.stringify(value)).length;

/** Draws a session's name. */
export function drawSession(random = Math.random) {
  return Math.floor(random() * 2 ** 52).toString(36);
}

/** Returns items as they fit into letters: a list of lists, in order; large ones are cut to parts. */
export function pack(items) {
  const letters = [];
  let current = [];
  let size = 0;
  for (const item of items.flatMap(cut)) {
    const more = bytes(item) + 1;
    if (current.length && size + more > MOST_BYTES) {
      letters.push(current);
      current = [];
      size = 0;
    }
    current.push(item);
    size += more;
  }
  if (current.length) letters.push(current);
  return letters;
}

function cut(item) {
  if (bytes(item) <= MOST_BYTES) return [item];
  const text = JSON.stringify(item);
  const of = Math.ceil(text.length / PART_CHARS);
  return Array.from({ length: of }, (_, at) => ({
    part: { at, of, text: text.slice(at * PART_CHARS, (at + 1) * PART_CHARS) },
  }));
}

/** Reads what a roommate sent: a letter of this room, or null. */
export function readLetter(data, room) {
  if (!data || typeof data !== "object" || data.room !== room) return null;
  const { session, to, items } = data;
  if (typeof session !== "string" || !session || session.length > 40) return null;
  if (to !== null && typeof to !== "string") return null;
  if (!Array.isArray(items) || items.length > MOST_ITEMS) return null;
  return { session, to, items: items.filter((item) => item && typeof item === "object") };
}

/** Returns a description fit to be tried; throws on any other. */
export function readDescription(found) {
  const { type, sdp } = found ?? {};
  if (!["offer", "answer"].includes(type) || typeof sdp !== "string" || sdp.length > MOST_SDP)
    throw new TypeError("not a description");
  return { type, sdp };
}

/** Returns a candidate fit to be tried; throws on any other. */
export function readCandidate(found) {
  const { candidate, sdpMid = null, sdpMLineIndex = null, usernameFragment = null } = found ?? {};
  if (typeof candidate !== "string" || candidate.length > MOST_CANDIDATE)
    throw new TypeError("not a candidate");
  return { candidate, sdpMid, sdpMLineIndex, usernameFragment };
}

/** Puts the parts of a large item together again. */
export class Parts {
  #texts = [];

  /** Returns the whole item that `item` completes, `item` itself if it is whole, or null. */
  take(item) {
    if (!("part" in item)) return item;
    const { at, of, text } = item.part ?? {};
    if (typeof text !== "string" || !(of <= MOST_PARTS)) throw new TypeError("not a part");
    if (at === 0) this.#texts = [];
    if (at !== this.#texts.length) return null; // its beginning was lost: the next one is whole
    this.#texts.push(text);
    if (this.#texts.length < of) return null;
    const whole = JSON.parse(this.#texts.join(""));
    this.#texts = [];
    return whole;
  }
}

/** Collects items for one roommate and sends them as few letters: `send(items)`. */
export class Outgoing {
  #send;
  #timers;
  #items = [];
  #timer = null;

  constructor(send, timers) {
    this.#send = send;
    this.#timers = timers;
  }

  /** Puts an item in; it goes within BATCH_MS, or at once with everything before it. */
  put(item, { soon = true } = {}) {
    this.#items.push(item);
    if (!soon) this.flush();
    else this.#timer ??= this.#timers.set(() => this.flush(), BATCH_MS);
  }

  /** Sends what waits. */
  flush() {
    const items = this.#items;
    this.clear();
    for (const letter of pack(items)) this.#send(letter);
  }

  /** Forgets what waits. */
  clear() {
    this.#timers.clear(this.#timer);
    this.#timer = null;
    this.#items = [];
  }
}
