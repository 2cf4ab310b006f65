/**
 * What this browser keeps of a person's choices for the page: sound, keys.
 *
 * Storage may be blocked, full, or written by somebody else; then a choice holds for this page only.
 * Readers check what they get.
 */

const PREFIX = "meguri:";
const here = new Map();

function storage() {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null; // even looking at it throws where it is blocked
  }
}

/** Returns what was kept under `name`, or `fallback`. */
export function kept(name, fallback = null) {
  if (here.has(name)) return here.get(name);
  try {
    return JSON.parse(storage()?.getItem(PREFIX + name) ?? "null") ?? fallback;
  } catch {
    return fallback;
  }
}

/** Keeps a value (what JSON can hold) under `name`. */
export function keep(name, value) {
  here.set(name, value);
  try {
    storage()?.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // Blocked or full: it holds for this page.
  }
}
