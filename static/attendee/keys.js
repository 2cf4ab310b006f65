/**
 * Keys that read something out: who is here, who speaks, how much time is left. Pure.
 *
 * Single letters get in the way of people who speak to their computer or whose screen reader has letters
 * of its own; so each can be changed, all can be turned off (WCAG 2.1.4), and none counts while one
 * writes.
 */

export const ACTIONS = ["who", "speaks", "time"];
export const USUAL = Object.freeze({ on: true, who: "w", speaks: "s", time: "t" });

/** Returns settings out of what storage had, whatever that was. */
export function readKeys(found) {
  const settings = { ...USUAL };
  if (!found || typeof found !== "object") return settings;
  if (typeof found.on === "boolean") settings.on = found.on;
  const keys = ACTIONS.map((action) => readKey(found[action]) ?? USUAL[action]);
  // A list in which one key does two things was not written by us.
  if (new Set(keys).size === keys.length)
    ACTIONS.forEach((action, index) => (settings[action] = keys[index]));
  return settings;
}

/** Returns a key as it is compared, or null where it is none: one letter, digit or sign. */
export function readKey(key) {
  if (typeof key !== "string") return null;
  const written = key.normalize("NFKC").toLowerCase();
  return [...written].length === 1 && /[\p{L}\p{N}\p{P}\p{S}]/u.test(written) ? written : null;
}

/**
 * Returns the settings with `key` for `action`: {settings}, or {problem} where that cannot be:
 * `no-key`, or `taken` with `by`, the action that has it.
 */
export function withKey(settings, action, key) {
  const read = readKey(key);
  if (!read) return { problem: "no-key" };
  const by = ACTIONS.find((other) => other !== action && settings[other] === read);
  return by ? { problem: "taken", by } : { settings: { ...settings, [action]: read } };
}

/** Returns what a keydown asks for, or null. */
export function asked(settings, event) {
  if (!settings.on || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return null;
  if (event.isComposing || event.defaultPrevented || isWriting(event.target)) return null;
  const key = readKey(event.key);
  return (key && ACTIONS.find((action) => settings[action] === key)) ?? null;
}

const WITHOUT_TEXT = ["button", "checkbox", "radio", "range", "submit", "color", "file"];

function isWriting(target) {
  if (!target) return false;
  if (target.isContentEditable || ["TEXTAREA", "SELECT"].includes(target.tagName)) return true;
  return target.tagName === "INPUT" && !WITHOUT_TEXT.includes(target.type);
}
