/**
 * What this browser remembers of somebody's devices: which ones, and whether they are on in rooms.
 *
 * Storage may be blocked, full or written by somebody else: then nothing is remembered, and everything
 * still works. Invariant: "on" is only believed at the same event and for half a day, so that nobody's
 * camera opens at another event because it was open once.
 */

const IDS = "meguri:devices";
const ON = "meguri:devices-on";
const RELAY = "meguri:relay-only";
const HALF_A_DAY_MS = 12 * 3_600_000;

/** Returns the browser's storage, or null where it is blocked: even looking at it may throw. */
export function openStorage(page = globalThis) {
  try {
    return page.localStorage ?? null;
  } catch {
    return null;
  }
}

function read(storage, key) {
  try {
    const found = JSON.parse(storage.getItem(key));
    return found && typeof found === "object" ? found : {};
  } catch {
    return {};
  }
}

function write(storage, key, value) {
  try {
    storage.setItem(key, JSON.stringify(value));
  } catch {
    // Blocked or full: it holds for this page only.
  }
}

/** Keeps choices in `storage` (may be null) for the page at `place`; `clock` gives ms since 1970. */
export class Choices {
  #storage;
  #place;
  #clock;
  #ids;
  #on;

  constructor({ storage, place, clock = Date.now }) {
    this.#storage = storage;
    this.#place = place;
    this.#clock = clock;
    this.#ids = read(storage, IDS);
    const on = read(storage, ON);
    const holds = on.place === place && clock() - on.at < HALF_A_DAY_MS;
    this.#on = { microphone: holds && on.microphone === true, camera: holds && on.camera === true };
  }

  /** Returns the id of the device last chosen of a kind, or "". */
  id(kind) {
    const id = this.#ids[kind];
    return typeof id === "string" ? id : "";
  }

  /** Keeps the id of the device chosen. */
  choose(kind, id) {
    this.#ids = { ...this.#ids, [kind]: id };
    write(this.#storage, IDS, this.#ids);
  }

  /** Returns which of microphone and camera are on in rooms. */
  on() {
    return this.#on;
  }

  /** Keeps whether one is on in rooms. */
  want(kind, on) {
    this.#on = { ...this.#on, [kind]: on };
    write(this.#storage, ON, { ...this.#on, place: this.#place, at: this.#clock() });
  }

  /** Returns whether sound and picture go through the relay alone. */
  relayOnly() {
    return read(this.#storage, RELAY).on === true;
  }

  /** Keeps whether sound and picture go through the relay alone. */
  setRelayOnly(on) {
    write(this.#storage, RELAY, { on });
  }
}
