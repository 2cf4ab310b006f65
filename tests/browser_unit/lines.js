/**
 * A world without network for tests of calls: connections that negotiate as WebRTC's do (signalling
 * states, rollback, places in an offer), letters between pages, and time that tests move.
 */

/** Time that moves only when told to. */
export class Time {
  now = 0;
  #waiting = [];
  timers = {
    set: (work, ms) => {
      const timer = { work, at: this.now + ms };
      this.#waiting.push(timer);
      return timer;
    },
    clear: (timer) => {
      this.#waiting = this.#waiting.filter((other) => other !== timer);
    },
  };

  /** Lets everything happen that happens within `ms`. */
  async passes(ms) {
    const until = this.now + ms;
    await settled();
    for (;;) {
      const next = this.#waiting.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.now = Math.max(this.now, next.at);
      this.timers.clear(next);
      next.work();
      await settled();
    }
    this.now = until;
  }

  /** How many things are yet to happen. */
  get left() {
    return this.#waiting.length;
  }
}

/** Waits until nothing more follows from what happened. */
export async function settled() {
  for (let i = 0; i < 40; i++) await Promise.resolve();
}

/** An end of a connection, by the rules of WebRTC that calls rely on. */
export class Connection {
  static open = new Set();
  signalingState = "stable";
  connectionState = "new";
  localDescription = null;
  remoteDescription = null;
  candidates = [];
  restarts = 0;
  #places = [];
  #needed = false;

  constructor(configuration = {}) {
    this.configuration = configuration;
    Connection.open.add(this);
  }

  addTransceiver(kind) {
    const place = new Place(kind);
    this.#places.push(place);
    this.#need();
    return place;
  }

  getTransceivers() {
    return this.#places;
  }

  restartIce() {
    this.restarts += 1;
    this.#need();
  }

  #need() {
    if (this.#needed) return;
    this.#needed = true;
    Promise.resolve().then(() => {
      this.#needed = false;
      if (Connection.open.has(this)) this.onnegotiationneeded?.();
    });
  }

  async setLocalDescription() {
    await Promise.resolve();
    if (!Connection.open.has(this)) throw new Error("closed");
    const type = this.signalingState === "have-remote-offer" ? "answer" : "offer";
    this.localDescription = { type, sdp: this.#write() };
    this.signalingState = type === "answer" ? "stable" : "have-local-offer";
    const candidate = { candidate: `candidate of ${type}`, sdpMid: "0" };
    this.onicecandidate?.({ candidate: { ...candidate, toJSON: () => candidate } });
    this.#check();
  }

  #write() {
    return `v=0 ${this.#places.map(({ kind }) => kind).join(" ")}`;
  }

  async setRemoteDescription({ type, sdp }) {
    await Promise.resolve();
    if (!sdp.startsWith("v=0")) throw new Error("OperationError: cannot parse");
    if (type === "answer" && this.signalingState !== "have-local-offer")
      throw new Error("InvalidStateError");
    this.remoteDescription = { type, sdp };
    const kinds = sdp.split(" ").slice(1);
    if (type === "offer") {
      this.signalingState = "have-remote-offer"; // an offer of our own is rolled back
      while (this.#places.length < kinds.length)
        this.#places.push(new Place(kinds[this.#places.length], "recvonly"));
    } else this.signalingState = "stable";
    this.#check();
  }

  async addIceCandidate(candidate) {
    await Promise.resolve();
    if (!this.remoteDescription) throw new Error("InvalidStateError: no remote description");
    this.candidates.push(candidate);
    this.#check();
  }

  #check() {
    const both = this.localDescription && this.remoteDescription && this.candidates.length;
    if (both && this.signalingState === "stable") this.becomes("connected");
  }

  /** Changes the state as the network would. */
  becomes(state) {
    if (this.connectionState === state || !Connection.open.has(this)) return;
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  close() {
    Connection.open.delete(this);
    this.connectionState = "closed";
  }
}

class Place {
  constructor(kind, direction = "sendrecv") {
    this.kind = kind;
    this.direction = direction;
    this.sources = [];
    this.receiver = { track: { kind }, getSynchronizationSources: () => this.sources };
    this.sender = {
      track: null,
      parameters: { encodings: [{}] },
      async replaceTrack(track) {
        this.track = track;
      },
      getParameters() {
        return structuredClone(this.parameters);
      },
      async setParameters(parameters) {
        this.parameters = parameters;
      },
    };
  }
}

/** A track of a device. */
export function track(kind, height = 480) {
  return { kind, getSettings: () => ({ height }) };
}
