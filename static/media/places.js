/**
 * The three places of a connection, in a fixed order: sound, camera, screen; ours and theirs.
 *
 * They are there from the first offer on, so that turning a device on or off negotiates nothing. Knows
 * no signalling; `failed(error)` is told what could not be sent.
 */
import { smaller } from "./quality.js";

const PLACES = ["microphone", "camera", "screen"];

/** Makes the places of a connection that offers. */
export function makePlaces(pc) {
  pc.addTransceiver("audio");
  pc.addTransceiver("video");
  pc.addTransceiver("video");
}

/** Takes the places for both directions; returns their tracks by kind, or null while some are missing. */
export function takePlaces(pc) {
  const places = pc.getTransceivers().slice(0, PLACES.length);
  for (const place of places) if (place.direction !== "sendrecv") place.direction = "sendrecv";
  if (places.length < PLACES.length) return null;
  return Object.fromEntries(PLACES.map((kind, at) => [kind, places[at].receiver.track]));
}

/**
 * Sends `tracks` in their places. `rung`: how much picture, or null; `wanted`: whether our picture is
 * looked at.
 */
export function fillPlaces(pc, { tracks, rung, wanted, failed }) {
  const places = pc?.getTransceivers() ?? [];
  PLACES.forEach((kind, at) => {
    const sender = places[at]?.sender;
    if (!sender) return;
    const track = tracks[kind];
    if (sender.track !== track) sender.replaceTrack(track).catch(failed);
    if (kind === "microphone" || !track) return;
    measure(sender, { limit: rung?.[kind], looked: kind === "screen" || wanted, track });
  });
}

function measure(sender, { limit, looked, track }) {
  const parameters = sender.getParameters();
  const [encoding] = parameters.encodings ?? [];
  if (!encoding || limit === undefined) return; // not negotiated yet: then it is set again
  encoding.active = limit !== null && looked;
  if (limit) {
    encoding.maxBitrate = limit.bits;
    encoding.maxFramerate = limit.frames;
    encoding.scaleResolutionDownBy = smaller(track.getSettings().height ?? 0, limit.height);
  }
  // Two at once: the later one fails, for a transaction that is over. The next change sets it.
  sender.setParameters(parameters).catch(() => {});
}
