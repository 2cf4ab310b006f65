/**
 * A computer with devices that can be plugged in and out, taken by other programs and refused: it
 * behaves as navigator.mediaDevices does.
 */

const fault = (name, message = name) => Object.assign(new Error(message), { name });

class Track extends EventTarget {
  constructor(kind, { id, label }) {
    super();
    Object.assign(this, { kind, label, id, readyState: "live" });
  }

  getSettings() {
    return { deviceId: this.id };
  }

  stop() {
    this.readyState = "ended"; // an owner's own stop sends no event
  }

  unplug() {
    if (this.readyState === "ended") return;
    this.readyState = "ended";
    this.dispatchEvent(new Event("ended"));
  }
}

export class Computer extends EventTarget {
  constructor(...devices) {
    super();
    this.devices = devices;
    this.tracks = [];
    this.asked = [];
    this.refused = false;
    this.taken = new Set();
    this.holding = null; // a promise that the person's answer waits for
    this.allowed = false;
  }

  async getUserMedia(asked) {
    this.asked.push(asked);
    if (this.holding) await this.holding;
    if (this.refused) throw fault("NotAllowedError", "Permission denied");
    this.allowed = true;
    const kind = asked.audio ? "audioinput" : "videoinput";
    const wanted = (asked.audio ?? asked.video).deviceId?.exact;
    const found = this.devices.filter((device) => device.kind === kind);
    if (!found.length) throw fault("NotFoundError", "Requested device not found");
    const device = wanted ? found.find(({ id }) => id === wanted) : found[0];
    if (!device) throw fault("OverconstrainedError");
    if (this.taken.has(device.id)) throw fault("NotReadableError", "Could not start source");
    return this.#stream(kind, device);
  }

  async getDisplayMedia(asked) {
    this.asked.push(asked);
    if (this.refused) throw fault("NotAllowedError", this.refused);
    return this.#stream("videoinput", { id: "screen", label: "Screen" });
  }

  #stream(kind, device) {
    const track = new Track(kind, device);
    this.tracks.push(track);
    return { getTracks: () => [track], getVideoTracks: () => [track] };
  }

  async enumerateDevices() {
    return this.devices.map(({ kind, id, label }) => ({
      kind,
      deviceId: this.allowed ? id : "",
      label: this.allowed ? label : "",
    }));
  }

  plug(device) {
    this.devices.push(device);
    this.dispatchEvent(new Event("devicechange"));
  }

  unplug(id) {
    this.devices = this.devices.filter((device) => device.id !== id);
    for (const track of this.tracks) if (track.id === id) track.unplug();
    this.dispatchEvent(new Event("devicechange"));
  }

  get live() {
    return this.tracks.filter((track) => track.readyState === "live").map(({ id }) => id);
  }
}

export const desk = { kind: "audioinput", id: "desk", label: "Desk microphone" };
export const headset = { kind: "audioinput", id: "headset", label: "Headset" };
export const webcam = { kind: "videoinput", id: "webcam", label: "Webcam" };
export const boxes = { kind: "audiooutput", id: "boxes", label: "Boxes" };

/** A browser's storage in memory. */
export class Storage {
  #items = new Map();

  getItem(key) {
    return this.#items.get(key) ?? null;
  }

  setItem(key, value) {
    this.#items.set(key, String(value));
  }
}

/** A storage that the browser blocks. */
export const BLOCKED = {
  getItem() {
    throw fault("SecurityError");
  },
  setItem() {
    throw fault("SecurityError");
  },
};
