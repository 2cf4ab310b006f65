/**
 * Sound and picture of the room one sits in: follows the evening, opens and closes what belongs to it.
 *
 * Between the page (which says where one is and hands letters on), devices.js (one's own tracks), and a
 * carrier: the mesh, or a media server. Draws nothing. `calls` is for views: a signal of a map of
 * attendee id → {stream, screen, audio, video, state, late, speaking}; `late`: waited for too long.
 *
 * Invariants: nothing is sent before the round starts; whatever is opened for a room is closed when one
 * leaves it; the carrier's failures are one roommate's state, never an error of the page.
 */
import { stateOf } from "../state.js";
import { computed, effect, signal } from "../view.js";
import { canCall } from "./browsers.js";
import * as devices from "./devices.js";
import { Mesh } from "./mesh.js";
import { watchNetwork } from "./network.js";
import { callPlace } from "./place.js";
import { rung, servedRung, shownPictures } from "./quality.js";
import { Served } from "./served.js";
import { play, through } from "./sound.js";
import { Waiting } from "./waiting.js";

const LOOK_EVERY_MS = 200;
/** Who pauses for breath still speaks. */
const BREATH_MS = 700;
/** Louder than a quiet room, as browsers measure it (0 to 1). */
const SPEAKS_FROM = 0.012;
const OWN_SPEAKS_FROM = 0.3;

/** By attendee id: {stream, screen, audio, video, state, late, speaking}; see above. */
export const calls = signal(new Map());
/** Whether one's own microphone hears one speak. */
export const speaking = signal(false);
/** Whose pictures are drawn, where there are too many for all: a set of ids. */
export const shown = signal(new Set());
/** Whether sound and picture go through the relay alone, as somebody chose. */
export const relayOnly = signal(devices.choices.relayOnly());
/** Why there is no sound and picture here: null, `unsupported`, `too-many`, `unreachable`, `not-let-in`. */
export const missing = signal(null);
/** The rung of the ladder one is on, or null. */
export const standing = signal(null);

/** Who carries by which way; a practice brings its own: (place, changed) → what stands as a mesh does. */
export const carriers = { mesh: meshFor, livekit: servedFor };

const streams = new WeakMap(); // track → MediaStream, so that elements keep theirs
const spokeAt = new Map();
const waiting = new Waiting();
/** Who carries sound and picture of which room: {key, by}, or null. */
const carrying = signal(null);
let lookTimer = null;
let followed = null;

/**
 * Follows the evening. `state` and `scene`: its signals; `alone`: whether devices are being tried in
 * private; `send(to, data)`: hands a letter to a roommate; `tell(media)`: says what one sends. Returns
 * {receive(from, data), stop()}.
 */
export function startCalls({ state, scene, alone, send, tell }) {
  let last = null;
  const place = computed(() => {
    const next = callPlace(state.value, scene.value);
    if (JSON.stringify(next) !== JSON.stringify(last)) last = next;
    return last;
  });
  followed = { state, alone, send, tell, told: "" };
  const endings = [
    effect(() => enter(place.value)),
    effect(() => takePart(place.value, carrying.value?.by)),
    effect(() => sendTracks(place.value, carrying.value?.by)),
    effect(() => tellMedia(place.value)),
    effect(() => through(devices.speakerId.value)),
    effect(() => choosePictures(state.value, carrying.value?.by)),
    watchNetwork(() => carrying.peek()?.by.restart()),
  ];
  return {
    receive: (from, data) => carrying.peek()?.by.receive(from, data),
    stop() {
      for (const end of endings.reverse()) end();
      enter(null);
    },
  };
}

/** Chooses whether sound and picture go through the relay alone; what is connected begins anew. */
export function setRelayOnly(on) {
  devices.choices.setRelayOnly(on);
  relayOnly.value = on;
  if (carrying.peek()?.by instanceof Mesh) for (const id of [...carrying.peek().by.peers.keys()]) retry(id);
}

/** Tries somebody again with whom there is no sound and picture. */
export function retry(id) {
  waiting.again(id);
  carrying.peek()?.by.retry(id);
  renewSoon();
}

/** Returns the statistics of the connection with somebody, or null: for measuring. */
export async function statsOf(id) {
  return (await carrying.peek()?.by.peers.get(id)?.stats()) ?? null;
}

// Rooms

/** Makes the carrier of a room when one enters it, and ends the one before. */
function enter(place) {
  const key = place && `${place.way}:${place.room}`;
  const before = carrying.peek();
  if ((before?.key ?? null) === key) return;
  leave();
  if (place === null) {
    devices.closeAll();
    return;
  }
  missing.value = canCall() ? null : "unsupported";
  if (missing.peek() || !(place.way in carriers)) return; // as while a ticket is waited for
  carrying.value = { key, by: carriers[place.way](place, renewSoon) };
  openDevices(place);
  lookTimer = setInterval(look, LOOK_EVERY_MS);
}

function leave() {
  carrying.peek()?.by.stop();
  carrying.value = null;
  clearInterval(lookTimer);
  spokeAt.clear();
  followed.told = "";
  speaking.value = false;
  standing.value = null;
  missing.value = null;
  renew();
}

function meshFor(place) {
  const { state, send } = followed;
  return new Mesh({
    me: place.me,
    room: place.room,
    send,
    changed: renewSoon,
    configuration: () => ({
      iceServers: state.peek().media.ice_servers,
      iceTransportPolicy: relayOnly.peek() ? "relay" : "all",
      bundlePolicy: "max-bundle",
    }),
  });
}

/**
 * A media server names its own relays, and finds out whether one is needed. Roommates learn nobody's
 * address from it, so who hides theirs has no need of one here; there may be none.
 */
function servedFor() {
  return new Served({
    ticket: () => followed.state.peek().media.ticket,
    changed: renewSoon,
    reached: (how) => (missing.value = how === "reached" ? null : how),
  });
}

function stepOf({ people, way }) {
  return way === "livekit" ? servedRung(people) : rung(people);
}

/** The choice of earlier rooms holds; where sound comes first, a camera waits to be asked for. */
function openDevices(place) {
  const { microphone, camera } = devices.wanted.peek();
  const off = (kind) => devices[kind].peek().state === "off";
  if (microphone && off("microphone")) devices.turnOn("microphone", { remember: false });
  if (camera && off("camera") && stepOf(place).cameraFirst)
    devices.turnOn("camera", { remember: false });
}

/** Calls who came, lets go who left, and sends as much as a room of so many carries. */
function takePart(place, carrier) {
  if (!place || !carrier) return;
  const step = stepOf(place);
  const tooMany = step.name === "too-many";
  standing.value = step;
  if (place.way === "mesh") missing.value = tooMany ? "too-many" : null;
  carrier.people(tooMany ? [] : place.ids);
  carrier.limit(step);
}

// Sending

function sendTracks(place, carrier) {
  const tracks = {
    microphone: devices.microphone.value.track,
    camera: devices.camera.value.track,
    screen: devices.screen.value.track,
  };
  const silent = { microphone: null, camera: null, screen: null };
  const sending = place?.sending && !followed.alone.value;
  if (place && carrier) carrier.send(sending ? tracks : silent);
}

/**
 * Tells the others what one sends, once it is settled and differs from what they know: nothing, while
 * nobody carries it, as in a browser that cannot.
 */
function tellMedia(place) {
  const states = [devices.microphone.value, devices.camera.value, devices.screen.value];
  if (!place || states.some(({ state }) => state === "asking")) return;
  const sends = carrying.value !== null && !followed.alone.value;
  const [microphone, camera, screen] = states.map(({ state }) => sends && state === "on");
  const known = followed.state.peek().room?.media?.[place.me] ?? {};
  const saying = JSON.stringify({ microphone, camera, screen });
  if (saying === (followed.told || JSON.stringify(whole(known)))) return;
  followed.told = saying;
  followed.tell({ microphone, camera, screen });
}

function whole({ microphone = false, camera = false, screen = false }) {
  return { microphone, camera, screen };
}

// Showing

let renewing = false;

function renewSoon() {
  if (renewing) return;
  renewing = true;
  queueMicrotask(() => {
    renewing = false;
    renew();
  });
}

function streamOf(track) {
  if (!track) return null;
  if (!streams.has(track)) {
    streams.set(track, new MediaStream([track]));
    track.addEventListener("mute", renewSoon);
    track.addEventListener("unmute", renewSoon);
  }
  return streams.get(track);
}

function renew() {
  const next = new Map();
  const sounds = new Map();
  for (const [id, peer] of carrying.peek()?.by.peers ?? []) {
    const { microphone = null, camera = null, screen = null } = peer.tracks ?? {};
    if (microphone) sounds.set(id, microphone);
    next.set(id, {
      stream: streamOf(camera),
      screen: streamOf(screen),
      audio: microphone !== null && !microphone.muted,
      video: camera !== null && !camera.muted,
      state: peer.state,
      late: isLate(id, peer),
      speaking: speaksNow(id),
    });
  }
  waiting.only(next);
  play(sounds);
  if (!sameCalls(calls.peek(), next)) calls.value = next;
}

/** Somebody who is away is not waited for: their place says so. */
function isLate(id, peer) {
  if (stateOf(followed.state.peek(), id) !== "here") waiting.again(id);
  return waiting.isLate(id, peer.state, performance.now());
}

function sameCalls(a, b) {
  if (a.size !== b.size) return false;
  for (const [id, call] of b) {
    const before = a.get(id);
    if (!before || Object.keys(call).some((key) => call[key] !== before[key])) return false;
  }
  return true;
}

function speaksNow(id) {
  return performance.now() - (spokeAt.get(id) ?? Number.NEGATIVE_INFINITY) < BREATH_MS;
}

/** Looks who speaks. */
function look() {
  for (const [id, peer] of carrying.peek()?.by.peers ?? [])
    if (peer.loudness() > SPEAKS_FROM) spokeAt.set(id, performance.now());
  const me = followed.state.peek().you?.id;
  if (devices.level.peek() > OWN_SPEAKS_FROM) spokeAt.set(me, performance.now());
  speaking.value = speaksNow(me);
  renew();
}

/** From seven people on only a few pictures come: those who spoke last. */
function choosePictures({ room }, carrier) {
  const known = calls.value;
  const step = standing.value;
  if (!room || !step || !carrier) return;
  const cameras = [...known.keys()].filter((id) => room.media?.[id]?.camera);
  const next = shownPictures(cameras, step.shown, spokeAt, shown.peek());
  const before = shown.peek();
  if (next.size === before.size && [...next].every((id) => before.has(id))) return;
  shown.value = next;
  // Where all are shown nobody is told so: it is what they send anyway.
  carrier.want(step.shown === null ? new Set(known.keys()) : next);
}
