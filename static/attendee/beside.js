/**
 * What goes on beside the views once the page has come to rest: calling back, a screen that stays on,
 * and keys that read out.
 *
 * Starts once, with the page; all look at the same signals as the views do.
 */
import { left } from "../clock.js";
import { keep, kept } from "../chosen.js";
import { others } from "../state.js";
import { computed, effect, signal } from "../view.js";
import { t, tn } from "../words.js";
import { keepAwake, wantsAwake } from "./awake.js";
import { call, hush, prime } from "./calling-back.js";
import { asked, readKeys } from "./keys.js";
import { readOut } from "./reading-out.js";
import { now, sheet, state, toast, where } from "./session.js";

const LAST_MINUTE_MS = 60_000;

/** Which keys read what, as this person has them. */
export const keys = signal(readKeys(kept("keys")));

/** Changes the keys, here and for later visits. */
export function keepKeys(settings) {
  keys.value = settings;
  keep("keys", settings);
}

/** Starts them. */
export function begin() {
  for (const press of ["pointerup", "keydown"]) addEventListener(press, prime, { passive: true });
  document.addEventListener("visibilitychange", () => document.hidden || hush());
  document.addEventListener("keydown", pressed);
  effect(() => callBack(where.value));
  const lastMinute = computed(isLastMinute);
  effect(() => lastMinute.value && call("last-minute"));
  const awake = computed(() => wantsAwake(state.value, where.value, now.value));
  const { wakeLock } = navigator;
  const look = keepAwake({ wakeLock, page: document, wants: () => awake.peek() });
  effect(() => void look(awake.value));
}

let last = null;

/** A preview and a round's start call people back; what was there when they came does not. */
function callBack(scene) {
  const before = last;
  last = scene;
  if (before === null || before === "arriving" || before === scene) return;
  if (scene === "preview") {
    const count = others(state.peek()).length;
    const people = tn("{n} person is about to meet you.", "{n} people are about to meet you.", count);
    call("preview", t("A round begins"), people);
  } else if (scene === "room" && before === "preview") {
    call("room", t("The round has begun"), t("Your seat is kept. Come back to this page."));
  } else if (scene === "room") {
    call("preview", t("The round has begun"), t("Your seat is kept. Come back to this page."));
  } else {
    hush();
  }
}

function isLastMinute() {
  const { room, event } = state.value;
  if (where.value !== "room" || !room || event.paused !== null || room.ends_at === null) return false;
  if (room.ends_at - room.starts_at <= 2 * LAST_MINUTE_MS) return false;
  return left(room.ends_at, now.value) <= LAST_MINUTE_MS;
}

function pressed(event) {
  const action = asked(keys.peek(), event);
  if (!action || sheet.peek()?.kind === "settings" || !state.peek().you) return;
  event.preventDefault();
  toast(readOut(action));
}
