/**
 * Views that the first page can do without: fetched when the page has come to rest, or when needed.
 *
 * The lobby is drawn sooner, and the room is there before anybody sits in it.
 */
import { html, useEffect, useState } from "../view.js";

/** When the rest is fetched: after the first page has had the line to itself. */
const REST_MS = 1_500;
const AGAIN_MS = 2_000;

const waiting = new Set();

/**
 * Returns a component that draws what `load` brings, and an empty place until then.
 * `rest`: whether it is fetched with the rest; else only when it is drawn.
 */
export function later(load, { rest = true } = {}) {
  let Component = null;
  let fetching = null;
  const fetchNow = () => {
    fetching ??= load().then(
      (found) => {
        Component = found;
        waiting.delete(fetchNow);
      },
      (error) => {
        fetching = null; // the line is down: the next try is the drawing's, or the rest's
        if (!(error instanceof TypeError)) reportError(error); // a module that is broken
      },
    );
    return fetching;
  };
  if (rest) waiting.add(fetchNow);
  return function Later(props) {
    const [tries, setTries] = useState(0);
    const drawn = Component; // it may come between this drawing and its effect
    useEffect(() => {
      if (drawn) return undefined;
      let gone = false;
      let timer = null;
      fetchNow().then(() => {
        if (gone) return;
        if (Component) setTries(tries + 1);
        else timer = setTimeout(() => setTries(tries + 1), AGAIN_MS);
      });
      return () => {
        gone = true;
        clearTimeout(timer);
      };
    }, [tries]);
    return drawn ? html`<${drawn} ...${props} />` : (props.empty ?? null);
  };
}

/** Has something else fetched with the rest. */
export function alsoLater(load) {
  waiting.add(() => untilThere(load));
}

/** Fetches, one after another, all that has not been needed yet; `first` before all else. */
export function fetchTheRest(first) {
  setTimeout(async () => {
    await untilThere(first);
    for (const fetchNow of waiting) await fetchNow(); // with what these bring in themselves
  }, REST_MS);
}

async function untilThere(load) {
  for (;;) {
    try {
      return await load();
    } catch (error) {
      console.info("Not to be had yet; once more soon:", error); // the line is down
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}
