import assert from "node:assert/strict";
import { test } from "node:test";

const { wakes } = await import("../../static/media/sounding.js");
const { openMeter } = await import("../../static/media/loudness.js");

/** An audio context of a computer with a speaker, or of Firefox's on one without: it never wakes. */
class Sound {
  state = "suspended";
  samples = 0.2;

  constructor({ speaker = true } = {}) {
    this.speaker = speaker;
  }

  resume() {
    if (!this.speaker) return new Promise(() => {});
    this.state = "running";
    return Promise.resolve();
  }

  close() {
    this.state = "closed";
    return Promise.resolve();
  }

  createMediaStreamSource = () => ({ connect() {}, disconnect() {} });

  createAnalyser = () => ({
    getFloatTimeDomainData: (samples) => samples.fill(this.state === "running" ? this.samples : 0),
  });
}

function meterOf(sound) {
  globalThis.AudioContext = class {
    constructor() {
      return sound;
    }
  };
  globalThis.MediaStream = class {};
  return openMeter({});
}

test("a sound system that wakes up sounds", async () => {
  assert.equal(await wakes(new Sound()), true);
});

test("nobody waits for ever for a sound system that never wakes", async () => {
  assert.equal(await wakes(new Sound({ speaker: false }), { within: 1 }), false);
});

test("a sound system that is closed does not sound", async () => {
  const sound = new Sound({ speaker: false });
  await sound.close();
  assert.equal(await wakes(sound, { within: 1 }), false);
});

test("what cannot be measured is not called silence", () => {
  assert.equal(meterOf(new Sound({ speaker: false })).read(), null);
});

test("a meter that sleeps is woken and measures", () => {
  const sound = new Sound();
  const meter = meterOf(sound);
  assert.ok(meter.read() > 0.5);
  sound.samples = 0;
  assert.equal(meter.read(), 0);
  meter.close();
  assert.equal(sound.state, "closed");
});
