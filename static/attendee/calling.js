/**
 * Fetches what carries sound and picture, where the evening has them, and connects it with the session.
 *
 * Where the policy is `none`, nothing of it is fetched. The first page has the line to itself; whoever
 * sits in a room already doesn't wait for that.
 */
import { computed, effect, signal } from "../view.js";
import { ask, connection, hand, hearSignals, page, state, where } from "./session.js";

/** What carries sound and picture: {calls, devices, sound}, or null while there is nothing. */
export const media = signal(null);

const REST_MS = 1_500;
let fetching = false;

/** Begins to follow the evening; media arrive when they are wanted. */
export function followMedia() {
  const rested = signal(false);
  setTimeout(() => (rested.value = true), REST_MS);
  effect(() => {
    const { media: policy, room } = state.value;
    // Read here, so that it is tried again when a connection is back.
    const open = connection.value.now === "open";
    if (policy.policy !== "none" && open && (room || rested.value)) fetchMedia();
  });
}

async function fetchMedia() {
  if (fetching || media.peek()) return;
  fetching = true;
  try {
    const [calls, devices, sound, problems] = await Promise.all([
      import("../media/calls.js"),
      import("../media/devices.js"),
      import("../media/sound.js"),
      import("../media/problems.js"),
    ]);
    const { receive } = calls.startCalls({
      state,
      scene: where,
      alone: computed(() => page.value === "check"),
      send: hand,
      tell: (what) => ask("media", what),
    });
    hearSignals(({ from, data }) => receive(from, data));
    media.value = { calls, devices, sound, problems };
  } catch (error) {
    // The line is down: the next connection tries again. The room works without.
    console.info("Sound and picture could not be fetched:", error);
  } finally {
    fetching = false;
  }
}
