/** How loud a microphone is, from its sound itself; nothing is recorded. */

const WINDOW = 1024;
/** Speech at arm's length lies between these (dB below full scale). */
const QUIET_DB = -58;
const LOUD_DB = -14;

/** Returns loudness from 0 (a quiet room) to 1 (loud speech) for samples between -1 and 1. */
export function loudness(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const rms = Math.sqrt(sum / Math.max(1, samples.length));
  if (rms === 0) return 0;
  const share = (20 * Math.log10(rms) - QUIET_DB) / (LOUD_DB - QUIET_DB);
  return Math.min(1, Math.max(0, share));
}

/**
 * Opens a meter on an audio track: `read()` gives its loudness now, or null while nothing is measured;
 * `close()` ends it.
 */
export function openMeter(track) {
  const Context = globalThis.AudioContext ?? globalThis.webkitAudioContext;
  if (!Context) return { read: () => null, close: () => {} };
  const context = new Context();
  const source = context.createMediaStreamSource(new MediaStream([track]));
  const analyser = context.createAnalyser();
  analyser.fftSize = WINDOW;
  source.connect(analyser);
  const samples = new Float32Array(WINDOW);
  return {
    read() {
      // Without a press since the page was opened it begins suspended, a phone call interrupts it in
      // Safari, and in Firefox it stays suspended on a computer without any speaker.
      if (context.state !== "running") context.resume().catch(() => {});
      if (context.state !== "running") return null;
      analyser.getFloatTimeDomainData(samples);
      return loudness(samples);
    },
    close() {
      source.disconnect();
      context.close().catch(() => {});
    },
  };
}
