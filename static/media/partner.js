/**
 * The practice partner's sound and picture, made on this computer: a drawn face, and a voice without
 * words that is heard only when it is asked for. Carries them as a mesh would, so that tiles, devices
 * and speaker are the real ones; nothing is sent to anybody.
 */

const WIDTH = 320;
const HEIGHT = 240;
const FRAMES = 12;

/** A hum with two formants, in syllables of so long (s): a voice, but nothing it says. */
const HUM_HZ = 185;
const FORMANTS_HZ = [
  [650, 1250],
  [420, 1900],
  [520, 980],
  [380, 2200],
];
const SYLLABLE_S = 0.21;
const SYLLABLES = 12;
const LOUD = 0.5;

/** Stands where a mesh stands, for one partner. `changed()`: called when there is something new. */
export class Partner {
  #id;
  #picture;
  #changed;
  #voice = null;
  #speaksUntil = 0;

  constructor({ id, changed, still = prefersStill(), picture = drawnFace }) {
    this.#id = id;
    this.#changed = changed;
    this.#picture = picture(() => this.#isSpeaking(), still);
    this.peers = new Map();
  }

  /** As of a mesh: the partner is there as soon as they sit in the room. */
  people(ids) {
    if (!ids.includes(this.#id)) this.peers.delete(this.#id);
    else if (!this.peers.has(this.#id)) this.peers.set(this.#id, this.#peer());
    this.#changed();
  }

  #peer() {
    return {
      state: "connected",
      tracks: { microphone: this.#voice?.track ?? null, camera: this.#picture.track, screen: null },
      loudness: () => (this.#isSpeaking() ? 0.3 : 0),
      stats: async () => null,
    };
  }

  #isSpeaking() {
    return performance.now() < this.#speaksUntil;
  }

  /** Says something without words; to be called from a press, or browsers keep quiet. */
  speak() {
    this.#voice ??= openVoice();
    if (!this.#voice) return;
    const seconds = this.#voice.speak();
    this.#speaksUntil = performance.now() + seconds * 1000;
    if (this.peers.has(this.#id)) this.peers.set(this.#id, this.#peer());
    this.#changed();
  }

  stop() {
    this.peers.clear();
    this.#picture.stop();
    this.#voice?.stop();
  }

  // What a partner on the same page has no use for.
  receive() {}
  send() {}
  limit() {}
  want() {}
  restart() {}
  retry() {}
}

function prefersStill() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Draws a friendly face; {track, stop()}, with no track where a browser cannot film a canvas. */
function drawnFace(isSpeaking, still) {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const pen = canvas.getContext("2d");
  const begun = performance.now();
  const draw = () => drawFace(pen, still ? 0 : (performance.now() - begun) / 1000, isSpeaking());
  draw();
  const track = canvas.captureStream?.(FRAMES).getVideoTracks()[0] ?? null;
  const timer = setInterval(draw, 1000 / FRAMES);
  return {
    track,
    stop() {
      clearInterval(timer);
      track?.stop();
    },
  };
}

function drawFace(pen, seconds, speaking) {
  const nod = Math.sin(seconds * 1.1) * 5;
  const blinks = seconds % 4.2 > 4;
  pen.fillStyle = "#e9c9a6";
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  disc(pen, 255, 60, 34, "#f7ead6"); // a lamp
  disc(pen, WIDTH / 2, 250 + nod / 2, 92, "#b8400f"); // shoulders
  disc(pen, WIDTH / 2, 116 + nod, 66, "#fbe4d6");
  for (const side of [-1, 1]) {
    pen.beginPath();
    pen.ellipse(WIDTH / 2 + side * 24, 104 + nod, 7, blinks ? 1.5 : 8, 0, 0, 2 * Math.PI);
    pen.fillStyle = "#20242e";
    pen.fill();
  }
  pen.beginPath();
  const open = speaking ? 6 + 7 * Math.abs(Math.sin(seconds * 11)) : 0;
  if (open) pen.ellipse(WIDTH / 2, 142 + nod, 18, open, 0, 0, 2 * Math.PI);
  else pen.arc(WIDTH / 2, 130 + nod, 24, 0.25 * Math.PI, 0.75 * Math.PI);
  pen.lineWidth = 5;
  pen.lineCap = "round";
  pen.strokeStyle = "#8a2d08";
  pen.stroke();
}

function disc(pen, x, y, radius, colour) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fillStyle = colour;
  pen.fill();
}

/** Opens the voice: {track, speak() → seconds, stop()}, or null where there is no WebAudio. */
function openVoice() {
  const Context = globalThis.AudioContext ?? globalThis.webkitAudioContext;
  if (!Context) return null;
  const context = new Context();
  const place = context.createMediaStreamDestination();
  return {
    track: place.stream.getAudioTracks()[0],
    speak() {
      context.resume().catch(() => {});
      for (let at = 0; at < SYLLABLES; at += 1) syllable(context, place, at);
      return SYLLABLES * SYLLABLE_S;
    },
    stop() {
      context.close().catch(() => {});
    },
  };
}

function syllable(context, place, at) {
  const from = context.currentTime + 0.1 + at * SYLLABLE_S;
  const hum = context.createOscillator();
  hum.type = "sawtooth";
  hum.frequency.value = HUM_HZ + 22 * Math.sin(at * 1.7);
  for (const frequency of FORMANTS_HZ[at % FORMANTS_HZ.length]) {
    const formant = context.createBiquadFilter();
    formant.type = "bandpass";
    formant.frequency.value = frequency;
    formant.Q.value = 6;
    const loud = context.createGain();
    loud.gain.setValueAtTime(0, from);
    loud.gain.linearRampToValueAtTime(LOUD, from + 0.05);
    loud.gain.linearRampToValueAtTime(0, from + SYLLABLE_S * 0.9);
    hum.connect(formant).connect(loud).connect(place);
  }
  hum.start(from);
  hum.stop(from + SYLLABLE_S);
}
