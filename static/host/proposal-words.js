// The proposal for the next round in words: its numbers, what is in its way, what each choice would
// bring. Pure. A block is never worded: the server calls it private, and so does this page.

import { list, number, t, tn } from "../words.js";
import { nameOf } from "./board.js";
import { sizesWords } from "./sentences.js";

const NAMES_SHOWN = 6;

/** Returns the numbers beside a proposal as [label, value] rows, each beside a random draw's. */
export function numberRows(board, proposal) {
  const beside = (own, random) => t("{mean} · random {random}", { mean: own.toFixed(2), random: random.toFixed(2) });
  const rows = [
    [t("Seated"), t("{people} in {rooms} rooms", { people: number(proposal.seated), rooms: number(proposal.rooms) })],
    [t("Sizes"), sizesWords(proposal.sizes)],
    [t("Affinity"), beside(proposal.mean_affinity, proposal.random_affinity)],
    [t("Worst off"), beside(proposal.worst_affinity, proposal.random_worst ?? 0)],
    [t("Meet again"), proposal.repeats ? tn("{n} pair", "{n} pairs", proposal.repeats) : t("none")],
    [t("Sit out"), proposal.sitting_out.length ? namesWords(board, proposal.sitting_out) : t("none")],
  ];
  const gap = gapWords(proposal);
  if (gap) rows.push([t("To the best there can be"), gap]);
  if (proposal.changed) rows.push([t("Changed since the last one"), tn("{n} room", "{n} rooms", proposal.changed)]);
  return rows;
}

/** Returns how far a proposal may be from the best there can be; "" when that is not known. */
export function gapWords({ mean_affinity: mean, bound_affinity: bound }) {
  if (!bound || mean > bound) return "";
  return t("{n} % at the most", { n: number(Math.ceil((1 - mean / bound) * 100)) });
}

/** Returns people's names as a list, the rest of many as a number. */
export function namesWords(board, ids, shown = NAMES_SHOWN) {
  const names = ids.slice(0, shown).map((id) => nameOf(board, id) || t("Somebody"));
  return list(ids.length > shown ? [...names, t("{n} more", { n: number(ids.length - shown) })] : names);
}

const RULES = {
  sizes: () => t("the sizes of rooms"),
  repeats: () => t("that nobody meets twice"),
  topics: () => t("the topics people chose"),
  language: () => t("a common language"),
  segments: () => t("segments that must, or must not, meet"),
  "segment-most": () => t("how many of a segment share a room"),
  tables: () => t("tables, and who is fixed at one"),
  stations: () => t("the number of stations"),
  modes: () => t("that on-site and online people sit apart"),
  private: () => t("something private"),
};

/** Returns one cause as a sentence; "" when its rules are not known to this page. */
export function causeWords(board, { rules, people = [], seated = 0, repeats = 0, rooms = 0 }) {
  const known = rules.map((rule) => RULES[rule]?.()).filter(Boolean);
  if (!known.length) return "";
  const effects = [
    people.length ? t("{people} would have a seat without it", { people: namesWords(board, people) })
      : seated > 0 && tn("{n} person more would have a seat without it", "{n} people more would have a seat without it", seated),
    repeats > 0 && tn("{n} pair fewer would meet again", "{n} pairs fewer would meet again", repeats),
    rooms > 0 && tn("{n} room is not as large as planned", "{n} rooms are not as large as planned", rooms),
  ].filter(Boolean);
  const cause = list(known);
  return effects.length ? t("{cause}: {effects}", { cause, effects: effects.join(" · ") }) : cause;
}

const CHOICES = {
  repeats: () => t("Let people meet again"),
  sizes: () => t("Let sizes differ from the plan"),
  "sit-outs": () => t("Let some sit out"),
};

/** Returns what a choice is called. */
export function choiceWords(allow) {
  return CHOICES[allow]?.() ?? "";
}

/** Returns what would come of a choice. */
export function outcomeWords(board, { repeats = 0, oldest = null, sizes = [], sitting_out: out = [] }) {
  const again = repeats > 0 && tn("{n} pair meets again", "{n} pairs meet again", repeats);
  const pieces = [
    again && oldest > 0 ? t("{again}, the oldest from round {round}", { again, round: oldest })
      : again && oldest === 0 ? t("{again}, the oldest from an earlier event", { again }) : again,
    ...sizesApart(sizes),
    out.length > 0 && tn("{people} sits out", "{people} sit out", out.length, { people: namesWords(board, out) }),
  ].filter(Boolean);
  return pieces.length ? pieces.join(" · ") : t("everything else holds");
}

function sizesApart(sizes) {
  const counts = new Map();
  for (const size of sizes) counts.set(size, (counts.get(size) ?? 0) + 1);
  return [...counts].map(([size, count]) => tn("{n} room of {size}", "{n} rooms of {size}", count, { size }));
}

/** Returns why people are proposed together, as sentences: what they share, offer, who met before. */
export function whyWords(board, { shared = [], reasons = [], again = [] }) {
  const name = (id) => nameOf(board, id) || t("Somebody");
  return [
    ...shared.map(({ interests, people }) => t("{n} share {interests}", { n: number(people.length), interests: list(interests) })),
    ...reasons.map(({ a, b, words = [] }) => t("{a} offers what {b} seeks: {words}", { a: name(a), b: name(b), words: list(words) })),
    ...again.map(([a, b]) => t("{a} and {b} meet again", { a: name(a), b: name(b) })),
  ];
}
