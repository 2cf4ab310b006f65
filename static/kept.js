/**
 * What somebody wrote or chose, kept until the evening has it: notes, yeses, stars.
 *
 * Responsible for losing nothing: each keystroke is in this browser's store (or, where that is blocked,
 * in memory and sent sooner), is sent a moment later, and leaves the store only once it was done. It
 * knows neither the socket nor the page: sending, the store and timers are arguments.
 *
 * Invariants: of one key at most one command is on its way, and the latest is what stands in the end;
 * nothing is kept here for a command that cannot safely be done twice.
 */

/** A keystroke is sent after so long a rest of the thumbs; sooner where nothing else keeps it. */
const REST_MS = 700;
const REST_WITHOUT_STORE_MS = 150;
/** Waits between tries while nothing answers; a connection that is back tries at once. */
const AGAIN_MS = [1_000, 3_000, 8_000, 15_000];
/** What lies unsent for longer is of another time: a yes can be given for 14 days. */
const STALE_MS = 14 * 24 * 3_600_000;

/** Refusals that pass: the line, the server's breath, too many at once. */
const PASSING = new Set([
  "closed",
  "connection-lost",
  "left",
  "slow-down",
  "too-many",
  "try-again",
  "unreachable",
  "internal",
]);

const BROWSER_TIMERS = {
  set: (work, ms) => setTimeout(work, ms),
  clear: (timer) => clearTimeout(timer),
};

export class Keeping {
  #entries = new Map(); // key → {command, at, timer, tries, sending, refused}
  #saved = new Set();
  #store;
  #place = null;
  #send;
  #changed;
  #refused;
  #timers;
  #today;

  /**
   * `send(command)`: a promise, rejected with an error that has a `code`. `changed()`: something is
   * different for whoever looks. `refused(error, command)`: the evening said no for good.
   * `store`: get(place), set(place, text or null) → whether it holds.
   */
  constructor({
    send,
    changed = () => {},
    refused = () => {},
    store = browserStore(),
    timers = BROWSER_TIMERS,
    today = Date.now,
  }) {
    this.#send = send;
    this.#changed = changed;
    this.#refused = refused;
    this.#store = store;
    this.#timers = timers;
    this.#today = today;
  }

  /** Takes up what an earlier page of the same person left unsent at `place`, and sends it. */
  open(place) {
    if (this.#place === place) return;
    this.#place = place;
    for (const [key, { command, at }] of Object.entries(read(this.#store.get(place)))) {
      if (this.#entries.has(key) || this.#today() - at > STALE_MS) continue;
      this.#entries.set(key, { command, at, timer: null, tries: 0, sending: false });
    }
    this.#write();
    this.#changed();
    this.flush();
  }

  /** Keeps a command, instead of an earlier one of the same key; one that is `typed` rests first. */
  keep(key, command, { typed = false } = {}) {
    const before = this.#entries.get(key);
    if (before) this.#timers.clear(before.timer);
    const entry = { ...before, command, at: this.#today(), timer: null, tries: 0, refused: false };
    entry.sending = before?.sending ?? false;
    this.#entries.set(key, entry);
    this.#saved.delete(key);
    const holds = this.#write();
    if (typed) this.#later(key, entry, holds ? REST_MS : REST_WITHOUT_STORE_MS);
    else this.#sendNow(key);
    this.#changed();
  }

  /** Returns the command that is not with the evening yet, or null. */
  get(key) {
    return this.#entries.get(key)?.command ?? null;
  }

  /** Returns ``, `saving`, `waiting` (for a connection), `saved` or `refused`. */
  standing(key) {
    const entry = this.#entries.get(key);
    if (!entry) return this.#saved.has(key) ? "saved" : "";
    if (entry.refused) return "refused";
    return entry.tries > 0 ? "waiting" : "saving";
  }

  /** Returns every command that is not with the evening yet. */
  unsent() {
    return [...this.#entries.values()].map((entry) => entry.command);
  }

  /** Sends now whatever rests or waits: a field was left, a connection is back, the page goes. */
  flush() {
    for (const key of [...this.#entries.keys()]) this.#sendNow(key);
  }

  async #sendNow(key) {
    const entry = this.#entries.get(key);
    if (!entry || entry.refused) return;
    this.#timers.clear(entry.timer);
    entry.timer = null;
    if (entry.sending) return; // its end looks again
    entry.sending = true;
    const { command } = entry;
    try {
      await this.#send(command);
    } catch (error) {
      this.#failed(key, command, error);
      return;
    }
    this.#done(key, command);
  }

  #done(key, command) {
    const entry = this.#entries.get(key);
    if (!entry) return;
    entry.sending = false;
    entry.tries = 0;
    if (entry.command !== command) {
      if (entry.timer === null) this.#sendNow(key);
      return;
    }
    this.#entries.delete(key);
    this.#saved.add(key);
    this.#write();
    this.#changed();
  }

  #failed(key, command, error) {
    const entry = this.#entries.get(key);
    if (typeof error.code !== "string") throw error;
    entry.sending = false;
    if (entry.command !== command) {
      if (entry.timer === null) this.#sendNow(key);
      return;
    }
    if (PASSING.has(error.code)) {
      this.#later(key, entry, AGAIN_MS[Math.min(entry.tries, AGAIN_MS.length - 1)]);
      entry.tries += 1;
    } else {
      // Words stay where they were written; a press that was refused is as if it had not been.
      if (command.type === "note") entry.refused = true;
      else this.#entries.delete(key);
      this.#write();
      this.#refused(error, command);
    }
    this.#changed();
  }

  #later(key, entry, ms) {
    this.#timers.clear(entry.timer);
    entry.timer = this.#timers.set(() => this.#sendNow(key), ms);
  }

  #write() {
    if (this.#place === null) return false;
    const rows = [...this.#entries].map(([key, { command, at }]) => [key, { command, at }]);
    return this.#store.set(
      this.#place,
      rows.length ? JSON.stringify(Object.fromEntries(rows)) : null,
    );
  }
}

function read(text) {
  try {
    return JSON.parse(text ?? "{}") ?? {};
  } catch {
    return {}; // not ours, or half written
  }
}

/** Returns the browser's store, which third-party settings may block or fill: then nothing holds. */
export function browserStore(storage = () => globalThis.localStorage) {
  return {
    get(place) {
      try {
        return storage().getItem(place);
      } catch {
        return null;
      }
    },
    set(place, text) {
      try {
        if (text === null) storage().removeItem(place);
        else storage().setItem(place, text);
        return true;
      } catch {
        return false;
      }
    },
  };
}
