/**
 * How long to wait before a media server is tried again. Pure but for chance.
 *
 * Waits are a matter of luck within bounds, so that a room's pages, all of which lost the server at
 * once, don't all come back at once.
 */

/** At most, between attempts to join: at first soon, then with patience. */
const AGAIN_MS = [1_000, 2_000, 4_000, 8_000];
/** At most, while the library tries to go on where it was; then it is said, and one joins anew. */
const RESUME_MS = [500, 1_000, 2_000];
/** Whoever is shown out hears why from the evening; else they come in again with their new ticket. */
export const SHOWN_OUT_MS = 4_000;
/** A server that takes this long to answer is not there; the library would wait 15 s. */
export const ANSWERS_WITHIN_MS = 8_000;

export class Patience {
  #attempt = 0;
  #random;

  constructor(random = Math.random) {
    this.#random = random;
  }

  /** Returns the next wait (ms): a little longer each time, until `rested`. */
  next() {
    const most = AGAIN_MS[Math.min(this.#attempt, AGAIN_MS.length - 1)];
    this.#attempt += 1;
    return most / 2 + (most / 2) * this.#random();
  }

  /** It went well, or somebody pressed: the next wait is the shortest. */
  rested() {
    this.#attempt = 0;
  }

  /** As the library asks (`ReconnectPolicy`): a wait, or null to give up what was. */
  nextRetryDelayInMs({ retryCount }) {
    const most = RESUME_MS[retryCount];
    return most === undefined ? null : most * this.#random();
  }
}
