/** What waits under “people met”: those of earlier rounds one has neither chosen nor put aside. */
import { browserStore } from "../kept.js";
import { isContact } from "../state.js";
import { signal } from "../view.js";
import { metNow, starsFor } from "./keeping.js";
import { boot, state, where } from "./session.js";

const store = browserStore();
const aside = signal(null);

function place() {
  return `meguri:${boot.event}:${state.value.you.id}:aside`;
}

function putAway() {
  if (aside.value === null) {
    try {
      aside.value = JSON.parse(store.get(place()) ?? "[]");
    } catch {
      aside.value = [];
    }
  }
  return aside.value;
}

/** Puts somebody aside: nothing is sent, and nobody learns of it; a yes stays possible. */
export function putAside(id) {
  aside.value = [...new Set([...putAway(), id])];
  store.set(place(), JSON.stringify(aside.value));
}

/** Returns the round that is still before one's eyes: whoever one met in it does not wait yet. */
function present() {
  const { room, event } = state.value;
  return room?.round ?? (where.value === "after" ? event.round : null);
}

/** Returns the people one has neither said yes to nor written about nor put aside. */
export function undecided() {
  const { you } = state.value;
  const blocked = new Set((you.blocked ?? []).map((card) => card.id));
  const now = present();
  const here = new Set((state.value.room?.people ?? []).map((card) => card.id));
  return (you.met ?? []).filter(({ card, rounds }) => {
    const met = metNow(card.id);
    return (
      !met.yes &&
      !met.text &&
      !met.next_step &&
      !met.card_fields.length &&
      !rounds.includes(now) &&
      !here.has(card.id) &&
      !blocked.has(card.id) &&
      !putAway().includes(card.id) &&
      !isContact(state.value, card.id)
    );
  });
}

/** Returns the rounds one sat in and gave no stars to, the latest first. */
export function unrated() {
  const now = present();
  const rounds = new Set((state.value.you.met ?? []).flatMap((met) => met.rounds));
  return [...rounds].filter((round) => round !== now && !starsFor(round)).sort((a, b) => b - a);
}
