/**
 * A person's dot: one colour and one initial, the same all evening on every screen. Pure.
 *
 * The colour never stands alone: the initial, and a name, are always with it.
 */

/** People's colours: each at least 4.5:1 against white, which a unit test checks. */
export const PALETTE = [
  "#2f66b0",
  "#4b7a2a",
  "#8f4da6",
  "#1a7a78",
  "#c0481a",
  "#8c6508",
  "#b8386e",
  "#5a6478",
];

/** Returns a person's colour, stable for their id (FNV-1a: ids differ in few letters). */
export function colour(id) {
  let hash = 0x811c9dc5;
  for (const letter of String(id)) {
    hash ^= letter.codePointAt(0);
    hash = Math.imul(hash, 0x01000193);
  }
  hash ^= hash >>> 15;
  return PALETTE[(hash >>> 0) % PALETTE.length];
}

/** What stands before a name and is not seen: spaces, and signs that only say which way to read on. */
const UNSEEN = /^[\s\p{Cf}\p{Cc}]+/u;

/** Returns the first letter of a name in any script, as one grapheme; `?` where there is none. */
export function initial(name) {
  const text = String(name ?? "").replace(UNSEEN, "");
  if (!text) return "?";
  const first =
    typeof Intl !== "undefined" && Intl.Segmenter
      ? [...new Intl.Segmenter().segment(text.slice(0, 24))][0].segment
      : Array.from(text)[0];
  return first.toLocaleUpperCase();
}

/** Returns where `count` dots lie around a table, clockwise from the top, as [x, y] around 0. */
export function around(count, radius) {
  return Array.from({ length: count }, (_, index) => {
    const angle = (index / count) * 2 * Math.PI - Math.PI / 2;
    return [round(radius * Math.cos(angle)), round(radius * Math.sin(angle))];
  });
}

function round(value) {
  return Math.round(value * 100) / 100;
}
