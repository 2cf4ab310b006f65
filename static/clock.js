/**
 * Time as the server sees it: the offset of the server's clock, what is left until an instant, and
 * how that is written. Pure: no timers, no `Date.now()` in here. Instants and offsets are in ms.
 *
 * Invariant: everybody counts down to the same instant by the server's clock, never their own.
 */

/** How many answers are remembered: enough to meet one quick one, few enough to follow a drift. */
const SAMPLES = 8;
/** Clocks drift apart by less than this (ms) while answers are remembered: whatever more is a jump. */
const DRIFT_MS = 250;

/**
 * Adds one answer of the server to `samples`, newest last; those it disproves are forgotten.
 * `sent` is null for a message nobody asked for (a welcome), whose way back is unknown.
 */
export function addSample(samples, { sent, received, now }) {
  const trip = sent === null ? Infinity : Math.max(0, received - sent);
  const offset = now + (trip === Infinity ? 0 : trip / 2) - received;
  const fresh = { trip, offset };
  return [...samples.filter((sample) => agree(sample, fresh)), fresh].slice(-SAMPLES);
}

/**
 * Says whether both answers can be true: each is wrong by at most half its trip, a welcome only by
 * being too low. Else our clock stood still in between, as a page's does while a phone sleeps.
 */
function agree(old, fresh) {
  const apart = fresh.offset - old.offset;
  if (old.trip === Infinity) return true; // the next quick one outweighs it anyhow
  if (fresh.trip === Infinity) return apart <= old.trip / 2 + DRIFT_MS;
  return Math.abs(apart) <= (old.trip + fresh.trip) / 2 + DRIFT_MS;
}

/**
 * Returns the server's clock minus ours. The quickest answer is the truest (NTP's clock filter):
 * its error is at most half its trip. Answers about as quick are averaged by their median.
 */
export function offset(samples) {
  if (samples.length === 0) return 0;
  const quickest = Math.min(...samples.map((sample) => sample.trip));
  if (quickest === Infinity) return samples[samples.length - 1].offset;
  const good = samples
    .filter((sample) => sample.trip <= quickest * 1.5 + 2)
    .map((sample) => sample.offset)
    .sort((a, b) => a - b);
  const middle = good.length >> 1;
  return good.length % 2 ? good[middle] : (good[middle - 1] + good[middle]) / 2;
}

/** Returns the ms left until `until`, never below 0; while paused, time stands still at `paused`. */
export function left(until, now, paused = null) {
  if (until === null || until === undefined) return 0;
  return Math.max(0, until - (paused ?? now));
}

/** Returns how much of the span is still to come, from 1 down to 0. */
export function share(from, until, now, paused = null) {
  if (until === null || from === null || until <= from) return 0;
  return Math.min(1, left(until, now, paused) / (until - from));
}

/** Returns whole seconds, rounded up: 0 is shown only when the time is over. */
export function seconds(ms) {
  return Math.ceil(Math.max(0, ms) / 1000);
}

/** Returns time left as people read it on a clock: `5:18`, `0:09`, `1:02:03`. */
export function clockText(ms) {
  const total = seconds(ms);
  const pad = (n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  return h ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}

/** Returns time left in the form of `datetime` attributes: `PT5M18S`. */
export function durationCode(ms) {
  const total = seconds(ms);
  return `PT${Math.floor(total / 60)}M${total % 60}S`;
}

/**
 * Returns which warnings were crossed between two looks at the time left (ms): each at most once,
 * and none that was already behind when the span began (`span`, ms).
 */
export function crossed(before, after, span, marks = [60_000, 10_000]) {
  if (before === null) return [];
  return marks.filter((mark) => span > mark && before > mark && after <= mark && after > 0);
}
