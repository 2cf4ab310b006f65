/**
 * Keeps the screen on while one sits with others or is about to. A phone that locks itself after half a
 * minute loses its connection: who talks, or only reads and listens, would be gone from the table.
 *
 * Gives way to the phone: with its battery low it refuses, and nothing is said. Who waits long may sleep.
 */
import { nextRoundAt } from "./scene.js";

const WITH_OTHERS = new Set(["preview", "room", "floor", "plenary", "after"]);
/** The chime calls nobody back whose phone is locked: so near, one stays awake for the round. */
const SOON_MS = 600_000;

/**
 * Says whether the screen stays on; people on site put their phone away, and stay seated without. A
 * station is its table's screen as long as the evening lasts.
 */
export function wantsAwake(state, scene, now) {
  if (!state.you) return false;
  if (state.you.role === "station") return WITH_OTHERS.has(scene) || ["lobby", "out"].includes(scene);
  if (state.you.mode === "on-site") return false;
  if (WITH_OTHERS.has(scene)) return true;
  const next = ["lobby", "out"].includes(scene) ? nextRoundAt(state) : null;
  return next !== null && next - now < SOON_MS;
}

/**
 * Holds the screen of `page` (a document) on through `wakeLock` (navigator's, or undefined) whenever
 * `wants()`; returns what to call when that may have changed.
 */
export function keepAwake({ wakeLock, page, wants }) {
  let held = null;
  let asking = false;

  async function look() {
    if (!wakeLock || asking) return;
    if (!wants()) {
      held?.release().catch(() => {});
      held = null;
    } else if (!held && !page.hidden) {
      asking = true;
      held = await wakeLock.request("screen").catch(() => null);
      asking = false;
      held?.addEventListener("release", ({ target }) => target === held && (held = null));
      if (!wants()) look();
    }
  }

  // A page out of sight loses it by itself.
  page.addEventListener("visibilitychange", look);
  return look;
}
