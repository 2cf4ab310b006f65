/**
 * What is heard of the others: an audio element for each, apart from what is drawn, so that people are
 * heard whatever page one looks at. Where a browser plays nothing before a press, `blocked` says so.
 *
 * Safari lets an element sound only if that very element was loaded or played in a press, or while this
 * page itself has a microphone or camera on. So each press makes spare elements ready for whoever comes
 * later, and an element whose roommate has left is used again: one press is enough for an evening.
 */
import { signal } from "../view.js";

/** More than sit at a table with sound; Safari's elements cost nothing until they play. */
const SPARE = 8;

/** Makes the sound of a page; `makeElement()`: a new audio element, `page`: its window. */
export function makeSound({ makeElement, page, asStream }) {
  const blocked = signal(false);
  const playing = new Map(); // id → {track, element}
  const spare = [];
  const ready = new WeakSet(); // elements that were touched in a press
  let speaker = "";

  page.addEventListener?.("click", makeReady, true);
  // A phone that slept, or was called, stops elements and does not always begin them again.
  page.addEventListener?.("pageshow", goOn);
  page.document?.addEventListener("visibilitychange", goOn);

  /** Plays these and nothing else: a map of id to audio track. */
  function play(tracks) {
    for (const [id, { track, element }] of [...playing]) {
      if (tracks.get(id) === track) continue;
      element.srcObject = null;
      if (ready.has(element)) spare.push(element);
      playing.delete(id);
    }
    for (const [id, track] of tracks) if (!playing.has(id)) start(id, track);
    if (!playing.size) blocked.value = false;
  }

  function start(id, track) {
    const element = spare.pop() ?? makeElement();
    element.autoplay = true;
    element.srcObject = asStream(track);
    playing.set(id, { track, element });
    direct(element);
    attempt(element);
  }

  async function attempt(element) {
    try {
      await element.play();
    } catch (error) {
      // An element that is let go of while it starts ends with AbortError: nobody waits for it.
      // One that plays nevertheless was begun again by a press meanwhile.
      const waits = element.srcObject && element.paused;
      if (error.name === "NotAllowedError" && waits) blocked.value = true;
    }
  }

  /** Any press on the page will do, for what plays or waits and for what comes. */
  function makeReady() {
    while (spare.length < SPARE) {
      const element = makeElement();
      element.load();
      ready.add(element);
      spare.push(element);
    }
    unblock();
  }

  /** Plays what was blocked; to be called from a press. */
  async function unblock() {
    blocked.value = false;
    const elements = [...playing.values()].map(({ element }) => element);
    for (const element of elements) ready.add(element);
    await Promise.all(elements.map(attempt));
  }

  async function goOn() {
    if (page.document.hidden) return;
    const still = [...playing.values()].filter(({ element }) => element.paused);
    await Promise.all(still.map(({ element }) => attempt(element)));
  }

  /** Plays through this speaker; "" is the usual one. */
  function through(id) {
    speaker = id;
    for (const { element } of playing.values()) direct(element);
  }

  function direct(element) {
    if (!element.setSinkId || element.sinkId === speaker) return;
    // The speaker was unplugged meanwhile: the usual one plays on.
    element.setSinkId(speaker).catch(() => element.setSinkId("").catch(() => {}));
  }

  return { blocked, play, unblock, through };
}

/** `blocked`: whether the browser waits for a press before it plays anything. */
export const { blocked, play, unblock, through } = makeSound({
  makeElement: () => new Audio(),
  page: globalThis,
  asStream: (track) => new MediaStream([track]),
});
