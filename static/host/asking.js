// Asks the server for something and keeps the answer where it was pressed: each place of the page has
// at most one refusal, in the server's own sentence, until the next try from there.

import { t } from "../words.js";

/**
 * Returns `ask(place, type, fields)` over `send(type, fields)`. What waits for its answer and what was
 * refused are kept by place, each in a `signal`.
 */
export function makeAsking(send, signal) {
  const refusals = signal({});
  const waiting = signal({});

  function put(kept, place, value) {
    const { [place]: gone, ...others } = kept.value;
    kept.value = value ? { ...others, [place]: value } : others;
  }

  /**
   * Sends a command; resolves to whether it was done. The same press again while it still waits is a
   * slip and not sent, but for commands that `repeat` (one more minute, and one more).
   */
  async function ask(place, type, fields = {}, { repeat = false } = {}) {
    if (waiting.value[place] === type && !repeat) return false;
    put(waiting, place, type);
    put(refusals, place, null);
    try {
      await send(type, fields);
      return true;
    } catch (refused) {
      if (refused.name !== "Refused") throw refused;
      put(refusals, place, refused.message || lostWords(refused.code));
      return false;
    } finally {
      put(waiting, place, null);
    }
  }

  return { ask, refusals, waiting, forget: (place) => put(refusals, place, null) };
}

function lostWords(code) {
  return code === "closed"
    ? t("This page is no longer connected. Load it again.")
    : t("The connection was lost before an answer came. Look whether it was done, then try again.");
}
