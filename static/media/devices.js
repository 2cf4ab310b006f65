/**
 * This browser's microphone, camera, screen and speaker: turned on and off by their owner alone.
 *
 * Each of `microphone`, `camera` and `screen` is a signal of {state, track, device, problem, replaced}.
 * `state`: off, asking, on, failed. `problem`: null, or refused, busy, missing, insecure, unsupported,
 * lost. `replaced`: the name of an unplugged device that this one stands in for, or "".
 *
 * It sends nothing to anybody and shows nothing: calls take the tracks, problems.js has the words.
 * Invariants: nothing is on before `turnOn` or `reopen`; whatever is turned off is stopped, so that the
 * device's own light goes out; an answer that comes after somebody changed their mind is stopped at once.
 */
import { signal } from "../view.js";
import { Choices, openStorage } from "./choices.js";
import { openMeter } from "./loudness.js";

const OFF = { state: "off", track: null, device: "", problem: null, replaced: "" };
const LEVEL_EVERY_MS = 80;
const KINDS = { audioinput: "microphone", videoinput: "camera", audiooutput: "speaker" };

/** What is asked of a device of each kind; calls make pictures smaller as rooms grow. */
const ASKED = {
  microphone: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  camera: { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 24, max: 30 } },
};

const PROBLEMS = {
  NotAllowedError: "refused",
  PermissionDeniedError: "refused",
  SecurityError: "refused",
  NotFoundError: "missing",
  DevicesNotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  TrackStartError: "busy",
  AbortError: "busy",
  NotSupportedError: "unsupported",
  TypeError: "unsupported",
};

/** Returns the code of what an error of getUserMedia means. */
export function problemOf(error) {
  return PROBLEMS[error?.name] ?? "busy";
}

/**
 * Makes the devices of a browser: {media: navigator.mediaDevices or undefined, secure, choices,
 * openMeter, timers}.
 */
export function makeDevices({ media, secure, choices, openMeter, timers = globalThis }) {
  const kinds = { microphone: signal(OFF), camera: signal(OFF), screen: signal(OFF) };
  const available = signal({ microphone: [], camera: [], speaker: [] });
  const level = signal(0);
  const speakerId = signal(choices.id("speaker"));
  const wanted = signal(choices.on());
  /** The last asking of each kind: an older one's answer is stopped. */
  const asking = { microphone: 0, camera: 0, screen: 0 };
  const metering = { meter: null, timer: null };
  let watching = false;

  function set(kind, change) {
    kinds[kind].value = { ...kinds[kind].peek(), ...change };
  }

  function fail(kind, problem) {
    set(kind, { state: "failed", track: null, problem });
    return false;
  }

  /** Turns one on; resolves to whether it is. `remember`: also in the rooms to come. */
  async function turnOn(kind, { remember = true } = {}) {
    if (remember) want(kind, true);
    return open(kind, "");
  }

  async function open(kind, replaced) {
    stop(kind);
    const turn = ++asking[kind];
    const current = () => turn === asking[kind];
    if (!secure) return fail(kind, "insecure");
    const able = kind === "screen" ? media?.getDisplayMedia : media?.getUserMedia;
    if (!able) return fail(kind, "unsupported");
    set(kind, { ...OFF, state: "asking", device: choices.id(kind) });
    watch();
    let track;
    try {
      track = kind === "screen" ? await askScreen() : await askDevice(kind);
    } catch (error) {
      return current() ? couldNot(kind, error) : false;
    }
    if (!current()) {
      track.stop();
      return false;
    }
    take(kind, track, replaced);
    return true;
  }

  /** The remembered device may be at home: then any other will do. */
  async function askDevice(kind) {
    const id = choices.id(kind);
    try {
      return await askOnce(kind, id);
    } catch (error) {
      if (!id || problemOf(error) !== "missing") throw error;
      return await askOnce(kind, "");
    }
  }

  async function askOnce(kind, id) {
    const asked = { ...ASKED[kind] };
    if (id) asked.deviceId = { exact: id };
    else if (kind === "camera") asked.facingMode = "user";
    const name = kind === "microphone" ? "audio" : "video";
    return (await media.getUserMedia({ [name]: asked })).getTracks()[0];
  }

  async function askScreen() {
    const stream = await media.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: false });
    return stream.getVideoTracks()[0];
  }

  function couldNot(kind, error) {
    // Closing the browser's own picker is a choice, not a problem, unless the system refuses.
    if (kind === "screen" && problemOf(error) === "refused" && !/system/i.test(error.message)) {
      set(kind, OFF);
      return false;
    }
    return fail(kind, problemOf(error));
  }

  function take(kind, track, replaced) {
    const id = track.getSettings?.().deviceId ?? "";
    track.addEventListener("ended", () => kinds[kind].peek().track === track && lost(kind, track));
    set(kind, { state: "on", track, device: id, problem: null, replaced });
    if (kind === "microphone") measure(track);
    look(); // names are told only now that there is leave
  }

  /** A device was unplugged, or taken away by the system: another one stands in, if there is one. */
  async function lost(kind, track) {
    stopMeasuring(kind);
    if (kind === "screen") {
      set(kind, OFF); // the browser's own "stop sharing"
      return;
    }
    fail(kind, "lost");
    const turn = asking[kind];
    await look();
    if (turn !== asking[kind]) return;
    if (await open(kind, track.label ?? "")) return;
    if (["missing", "busy"].includes(kinds[kind].peek().problem)) fail(kind, "lost");
  }

  /** Turns one off. `remember`: also in the rooms to come. */
  function turnOff(kind, { remember = true } = {}) {
    if (remember) want(kind, false);
    asking[kind] += 1;
    stop(kind);
    set(kind, OFF);
  }

  function stop(kind) {
    const { track } = kinds[kind].peek();
    stopMeasuring(kind);
    if (!track) return;
    set(kind, { track: null });
    track.stop();
  }

  /** Takes another device of a kind (also `speaker`), now and from now on. */
  async function choose(kind, id) {
    choices.choose(kind, id);
    if (kind === "speaker") {
      speakerId.value = id;
      return true;
    }
    return kinds[kind].peek().state === "off" ? true : open(kind, "");
  }

  /** Keeps whether microphone or camera are on in the rooms to come, without turning them now. */
  function want(kind, on) {
    if (!(kind in wanted.peek())) return;
    choices.want(kind, on);
    wanted.value = choices.on();
  }

  /** Reads which devices there are; before leave was given, browsers name none. */
  async function look() {
    watch();
    let found = [];
    try {
      found = (await media?.enumerateDevices?.()) ?? [];
    } catch {
      // A browser that refuses the list still gives its usual device.
    }
    const lists = { microphone: [], camera: [], speaker: [] };
    for (const { kind, deviceId, label } of found)
      if (deviceId && KINDS[kind]) lists[KINDS[kind]].push({ id: deviceId, label });
    available.value = lists;
    const speaker = choices.id("speaker");
    speakerId.value = lists.speaker.some(({ id }) => id === speaker) ? speaker : "";
  }

  function watch() {
    if (watching || !media?.addEventListener) return;
    watching = true;
    media.addEventListener("devicechange", changed);
  }

  /** What was unplugged while it was on comes back by itself when it is plugged in again. */
  async function changed() {
    await look();
    for (const kind of ["microphone", "camera"]) {
      const back = available.peek()[kind].length > 0;
      if (kinds[kind].peek().problem === "lost" && back && !(await open(kind, "")))
        if (kinds[kind].peek().problem === "missing") fail(kind, "lost");
    }
  }

  function measure(track) {
    metering.meter = openMeter(track);
    metering.timer = timers.setInterval(() => {
      level.value = metering.meter.read();
    }, LEVEL_EVERY_MS);
  }

  function stopMeasuring(kind) {
    if (kind !== "microphone" || !metering.meter) return;
    timers.clearInterval(metering.timer);
    metering.meter.close();
    metering.meter = null;
    level.value = 0;
  }

  /** Turns everything off, as in the lobby; what is wanted in rooms stays wanted. */
  function closeAll() {
    for (const kind of Object.keys(kinds)) turnOff(kind, { remember: false });
  }

  /** Turns on again what is wanted in rooms. */
  async function reopen() {
    const { microphone, camera } = wanted.peek();
    const dark = (kind) => ["off", "failed"].includes(kinds[kind].peek().state);
    if (microphone && dark("microphone")) await open("microphone", "");
    if (wanted.peek().camera && camera && dark("camera")) await open("camera", "");
  }

  return {
    ...kinds,
    available,
    level,
    speakerId,
    wanted,
    turnOn,
    turnOff,
    choose,
    want,
    look,
    closeAll,
    reopen,
  };
}

/** What this browser remembers; also whether one goes through the relay alone. */
export const choices = new Choices({
  storage: openStorage(),
  place: globalThis.location?.pathname ?? "",
});

export const {
  microphone,
  camera,
  screen,
  available,
  level,
  speakerId,
  wanted,
  turnOn,
  turnOff,
  choose,
  want,
  look,
  closeAll,
  reopen,
} = makeDevices({
  media: globalThis.navigator?.mediaDevices,
  secure: globalThis.isSecureContext === true,
  choices,
  openMeter,
});
