/**
 * What is heard of the others: an audio element for each, apart from what is drawn, so that people are
 * heard whatever page one looks at. Where a browser plays nothing before a press, `blocked` says so.
 */
import { signal } from "../view.js";

/** Whether the browser waits for a press before it plays anything. */
export const blocked = signal(false);

const playing = new Map(); // id → {track, element}
let speaker = "";

/** Plays these and nothing else: a map of id to audio track. */
export function play(tracks) {
  for (const [id, { track, element }] of [...playing]) {
    if (tracks.get(id) === track) continue;
    element.srcObject = null;
    playing.delete(id);
  }
  for (const [id, track] of tracks) if (!playing.has(id)) start(id, track);
  if (playing.size) return;
  blocked.value = false;
  removeEventListener("click", unblock, true);
}

function start(id, track) {
  const element = new Audio();
  element.autoplay = true;
  element.srcObject = new MediaStream([track]);
  playing.set(id, { track, element });
  direct(element);
  attempt(element);
}

async function attempt(element) {
  try {
    await element.play();
  } catch (error) {
    // An element that is let go of while it starts ends with AbortError: nobody waits for it.
    if (error.name !== "NotAllowedError") return;
    blocked.value = true;
    addEventListener("click", unblock, true);
  }
}

/** Plays what was blocked; to be called from a press. Any press on the page will do. */
export async function unblock() {
  removeEventListener("click", unblock, true);
  blocked.value = false;
  await Promise.all([...playing.values()].map(({ element }) => attempt(element)));
}

/** Plays through this speaker; "" is the usual one. */
export function through(id) {
  speaker = id;
  for (const { element } of playing.values()) direct(element);
}

function direct(element) {
  if (!element.setSinkId || element.sinkId === speaker) return;
  // The speaker was unplugged meanwhile: the usual one plays on.
  element.setSinkId(speaker).catch(() => element.setSinkId("").catch(() => {}));
}
