/**
 * How long each roommate has been waited for, so that nobody reads "connecting" for ever. Pure.
 *
 * Whatever the cause (a page that floods and is slowed down, nonsense, a network that lets nothing
 * through), after a while it is said that nothing comes, and that one may try again. Attempts that
 * begin anew in between don't begin the waiting anew; only a connection does, or somebody's press.
 */

/** Longer than a slow phone takes to connect, shorter than one wonders about one's own computer. */
const LATE_MS = 12_000;

export class Waiting {
  #since = new Map();

  /** Says whether `id` has been waited for too long, being in `state` at `now` (ms). */
  isLate(id, state, now) {
    if (state === "connected") {
      this.#since.delete(id);
      return false;
    }
    if (!this.#since.has(id)) this.#since.set(id, now);
    return now - this.#since.get(id) >= LATE_MS;
  }

  /** Begins to wait for somebody anew. */
  again(id) {
    this.#since.delete(id);
  }

  /** Waits for nobody but these (a map or a set of ids): who comes again is waited for anew. */
  only(ids) {
    for (const id of this.#since.keys()) if (!ids.has(id)) this.#since.delete(id);
  }
}
