/** How a page's own sounds come out: an audio context may stay asleep, and knows one speaker only. */

/** A sound system that wakes up takes a second or two; longer, and nobody connects it with the press. */
const WAKES_WITHIN_MS = 3_000;

/**
 * Wakes an audio context; resolves to whether it sounds.
 *
 * Its own promise may wait for ever: in every browser before a press, and in Firefox 153 on a computer
 * without any speaker, where nothing that goes through the context is heard or measured.
 */
export async function wakes(context, { within = WAKES_WITHIN_MS } = {}) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, within);
  });
  await Promise.race([context.resume().catch(() => {}), late]);
  clearTimeout(timer);
  return context.state === "running";
}

/** Says whether this browser lets one choose the speaker. */
export function canChooseSpeaker() {
  return typeof HTMLMediaElement !== "undefined" && "setSinkId" in HTMLMediaElement.prototype;
}

/**
 * Returns the node to play into, to be heard from `speaker`; "" is the usual one. Rejects when that
 * one is gone. Only elements can be sent to another speaker everywhere: Firefox's contexts cannot.
 */
export async function outlet(context, speaker) {
  if (!speaker || !canChooseSpeaker()) return context.destination;
  const place = context.createMediaStreamDestination();
  const element = new Audio();
  element.srcObject = place.stream;
  await element.setSinkId(speaker);
  await element.play();
  return place;
}
