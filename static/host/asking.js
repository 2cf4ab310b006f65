// Asks the server for something and keeps the answer where it was pressed: each place of the page has
// at most one refusal, in the server's own sentence, until the next try from there.

import { signal } from "../view.js";
import { t } from "../words.js";

/** Returns `ask(place, type, fields)` over `send(type, fields)`, and what waits and was refused. */
export function makeAsking(send) {
  const refusals = signal({});
  const waiting = signal({});

  function put(kept, place, value) {
    const { [place]: gone, ...others } = kept.value;
    kept.value = value ? { ...others, [place]: value } : others;
  }

  /** Sends a command; resolves to whether it was done. A second press while it runs is not sent. */
  async function ask(place, type, fields = {}) {
    if (waiting.value[place]) return false;
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
