/**
 * Calls back who looked away: a chime, a vibration, and a notification where it was asked for.
 *
 * Everything here is a person's own choice, kept in this browser. Nothing asks for permission by itself:
 * `askToNotify` belongs behind a press. Never speaks while somebody could have been reading: screen
 * readers hear the announcer, not this.
 */
import { keep, kept } from "../chosen.js";
import { outlet, wakes } from "../media/sounding.js";
import { signal } from "../view.js";

const CHOICES = "calling";
const USUAL = { chime: true, vibration: true, notification: false };

function readChoices(found) {
  const choices = { ...USUAL };
  for (const name of Object.keys(USUAL))
    if (typeof found?.[name] === "boolean") choices[name] = found[name];
  return choices;
}

/** {chime, vibration, notification}: what this person wants to be called by. */
export const choices = signal(readChoices(kept(CHOICES)));

/** Changes one choice. */
export function choose(name, on) {
  choices.value = { ...choices.value, [name]: on };
  keep(CHOICES, choices.value);
}

/** Says whether this device can vibrate. */
export function canVibrate() {
  return typeof navigator.vibrate === "function" && matchMedia("(pointer: coarse)").matches;
}

/** Returns `granted`, `default` (not asked yet), `denied`, or `unsupported`. */
export function mayNotify() {
  return globalThis.Notification && isSecureContext ? Notification.permission : "unsupported";
}

/** Asks for notifications, because of a press; resolves to what `mayNotify` says then. */
export async function askToNotify(sample) {
  if (mayNotify() === "unsupported") return "unsupported";
  const answer = await Notification.requestPermission();
  // Some browsers have notifications for installed programs alone, and say so only now.
  if (answer === "granted" && !notify(sample, "")) return "unsupported";
  choose("notification", answer === "granted");
  return answer;
}

/** Notes as [Hz, after s, for s]: a question, its answer, and a knock. */
const TUNES = {
  preview: [
    [587.33, 0, 0.5],
    [880, 0.2, 0.9],
  ],
  room: [[880, 0, 0.7]],
  "last-minute": [[493.88, 0, 0.45]],
};
const LOUDNESS = 0.16;

let context = null;
let out = null; // {speaker, place}: where the last tune was played

/** Says whether anything was pressed here: before that, browsers keep a page quiet. */
function wasPressed() {
  return navigator.userActivation?.hasBeenActive ?? true;
}

/** Makes ready to chime; browsers let a page sound only after a press. */
export function prime() {
  const Context = globalThis.AudioContext ?? globalThis.webkitAudioContext;
  if (!Context || !choices.peek().chime || !wasPressed()) return;
  context ??= new Context();
  // Safari has one state more, "interrupted": after a call, or a sleep of the phone.
  if (context.state !== "running") context.resume().catch(() => {});
}

/** Plays a tune, if one may: `preview`, `room` or `last-minute`. */
export async function play(tune) {
  prime();
  // A tune that could not begin in time is of something that is over; kept, all would ring at once.
  if (!context || !(await wakes(context))) return;
  const place = await speakerNow();
  for (const [frequency, after, seconds] of TUNES[tune]) note(place, frequency, after, seconds);
}

/** Returns where to play: at the speaker that was chosen, or at the usual one when that is gone. */
async function speakerNow() {
  const speaker = kept("devices")?.speaker ?? "";
  if (out?.speaker === speaker) return out.place;
  try {
    out = { speaker, place: await outlet(context, speaker) };
    navigator.mediaDevices?.addEventListener("devicechange", () => (out = null), { once: true });
    return out.place;
  } catch {
    return context.destination; // it was unplugged: the next tune asks for it again
  }
}

function note(place, frequency, after, seconds) {
  const from = context.currentTime + after;
  const tone = new OscillatorNode(context, { type: "sine", frequency });
  const volume = new GainNode(context, { gain: 0 });
  volume.gain.setValueAtTime(0, from);
  volume.gain.linearRampToValueAtTime(LOUDNESS, from + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, from + seconds);
  tone.connect(volume).connect(place);
  tone.start(from);
  tone.stop(from + seconds);
}

let shown = null;

function notify(title, body) {
  try {
    shown?.close();
    shown = new Notification(title, { body, tag: "meguri", lang: document.documentElement.lang });
  } catch {
    return false; // Android has them for service workers alone
  }
  shown.onclick = () => {
    window.focus();
    shown?.close();
  };
  return true;
}

/** Calls a person back by what they chose. `title` and `body` are for a notification. */
export function call(tune, title = "", body = "") {
  const { chime, vibration, notification } = choices.peek();
  if (chime) play(tune);
  if (vibration && wasPressed() && canVibrate() && tune === "preview") navigator.vibrate([160, 90, 160]);
  if (notification && document.hidden && title && mayNotify() === "granted") notify(title, body);
}

/** Takes a notification away whose moment is over. */
export function hush() {
  shown?.close();
  shown = null;
}
