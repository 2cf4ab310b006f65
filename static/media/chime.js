/** A short chime, made here rather than fetched, through the speaker of one's choice. */
import { outlet, wakes } from "./sounding.js";

/** Two notes a fifth apart (Hz), the second a little later (s). */
const NOTES = [
  [523.25, 0],
  [783.99, 0.22],
];
const RINGS_S = 1.1;
const LOUD = 0.22;

/** Plays it; resolves to whether the browser did. `speaker`: a device's id, "" for the usual one. */
export async function chime(speaker = "") {
  const Context = globalThis.AudioContext ?? globalThis.webkitAudioContext;
  if (!Context) return false;
  const context = new Context();
  try {
    if (!(await wakes(context))) return false;
    const out = await outlet(context, speaker);
    for (const [frequency, after] of NOTES) ring(context, out, frequency, after);
    await new Promise((resolve) => setTimeout(resolve, (RINGS_S + 0.3) * 1000));
    return true;
  } catch {
    return false;
  } finally {
    context.close().catch(() => {});
  }
}

function ring(context, out, frequency, after) {
  const from = context.currentTime + after;
  const loud = context.createGain();
  loud.gain.setValueAtTime(0.0001, from);
  loud.gain.exponentialRampToValueAtTime(LOUD, from + 0.02);
  loud.gain.exponentialRampToValueAtTime(0.0001, from + RINGS_S);
  const note = context.createOscillator();
  note.type = "sine";
  note.frequency.value = frequency;
  note.connect(loud).connect(out);
  note.start(from);
  note.stop(from + RINGS_S);
}
