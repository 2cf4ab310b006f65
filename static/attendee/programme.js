/**
 * The programme as an attendee needs it: which round is when, as far as anybody can know. Pure.
 *
 * A round that waits for the host has no time, and none after it has one either.
 */

/**
 * Returns one entry a round: {number, seconds, size, kind, stands, at}. `stands`: `over`, `now`, `next`
 * or `later`; `at`: when its preview begins (ms), or null. `next`: when the next preview is (ms), or null.
 */
export function timeline(event, next) {
  const running = event.phase === "preview" || event.phase === "round";
  let at = next;
  return (event.programme ?? []).map((planned, index) => {
    const number = index + 1;
    const { seconds, size, kind } = planned;
    const stands = standing(number, event, running);
    if (stands === "over" || stands === "now")
      return { number, seconds, size, kind, stands, at: null };
    if (number > event.round + 1 && !planned.auto) at = null;
    const entry = { number, seconds, size, kind, stands, at };
    if (at !== null)
      at += (planned.preview_seconds + planned.seconds + planned.break_seconds) * 1000;
    return entry;
  });
}

function standing(number, event, running) {
  if (event.phase === "ended" || number < event.round) return "over";
  if (number === event.round) return running ? "now" : "over";
  return number === event.round + 1 ? "next" : "later";
}
