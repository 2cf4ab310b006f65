/**
 * The first minute, which carries itself: who says their name and one line when, and who is next.
 *
 * Pure. The order is drawn from the room's id and its people's, so that everybody sees the same one
 * without anybody sending it, and nobody is first all evening. At a table with a station those on its
 * screen begin: they are the ones a table forgets. It goes on by time alone: the quiet are
 * not asked to stop the lively, and nobody has to take the lead.
 */

const MINUTE_MS = 60_000;
/** Less is no time for a name and a line. */
const LEAST_TURN_MS = 5_000;
/** What is said of oneself never takes more of a round than this. */
const MOST_OF_ROUND = 1 / 3;

/** Returns the ids in the order in which they speak, the same for all of this room. */
export function order(room, ids) {
  return [...ids].sort((a, b) => hash(`${room}:${a}`) - hash(`${room}:${b}`) || (a < b ? -1 : 1));
}

/** FNV-1a with a last stir: ids that differ in one letter must not stay in a row. */
function hash(text) {
  let value = 0x811c9dc5;
  for (const letter of text) value = Math.imul(value ^ letter.codePointAt(0), 0x01000193);
  value ^= value >>> 15;
  value = Math.imul(value, 0x2c1b3c6d);
  return (value ^ (value >>> 12)) >>> 0;
}

/** Returns how long each speaks (ms) in a round of `length` ms; 0 where it is too short for that. */
export function turnLength(people, length) {
  if (people < 2) return 0;
  const wished = Math.max(MINUTE_MS / people, LEAST_TURN_MS);
  const each = Math.min(wished, (length * MOST_OF_ROUND) / people);
  return each < LEAST_TURN_MS ? 0 : each;
}

/**
 * Returns whose turn it is: {ids, index, from, until} (instants, ms), or null once all have had theirs,
 * and in rounds too short for it. `room`: {id, people, starts_at, ends_at}, and `stood_ms` where the
 * host's pauses have held it up for so long.
 */
export function turnAt(room, now) {
  const begins = room.starts_at + (room.stood_ms ?? 0);
  const each = turnLength(room.people.length, room.ends_at - begins);
  const index = Math.floor((now - begins) / each);
  if (!each || index < 0 || index >= room.people.length) return null;
  const from = begins + index * each;
  const ids = order(
    room.id,
    room.people.map((card) => card.id),
  );
  if (room.mode === "mixed") {
    const here = new Set(room.people.filter((c) => c.mode === "on-site").map((card) => card.id));
    ids.sort((a, b) => here.has(a) - here.has(b)); // stable: else in the order drawn
  }
  return { ids, index, from, until: from + each };
}
