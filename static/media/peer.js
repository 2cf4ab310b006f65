/**
 * Sound and picture with one roommate: one RTCPeerConnection at a time, and how it comes about.
 *
 * Perfect negotiation: when both offer at once, the polite one gives way. Only the other makes the first
 * offer, with three places in a fixed order (sound, camera, screen), so that turning a device on or off
 * negotiates nothing. A session is drawn for each beginning: letters of an earlier one are dropped, and
 * a roommate who reloads is met anew.
 *
 * Invariants: nothing that a roommate sends throws out of here; what can't be read is tried once more
 * from the beginning and then given up (`failed`) until they begin anew themselves; everything that was
 * started ends with `stop`.
 */
import {
  drawSession,
  Outgoing,
  Parts,
  readCandidate,
  readDescription,
} from "./letters.js";
import { smaller } from "./quality.js";

/** Until the other answers, hello is said again: they may still be opening the page. */
const HELLO_AGAIN_MS = [1_000, 2_000, 3_000, 5_000];
/** A connection that is not there by then is begun anew; each time a little more patiently. */
const CONNECT_WITHIN_MS = [8_000, 12_000, 20_000];
/** A gap this long is more than a hiccup of the line: look for another way. */
const RESTART_AFTER_MS = 2_000;
const POLITE_WAITS_MS = 1_500; // so that rarely both restart at once
const RESTART_WITHIN_MS = 8_000;
const FAILED_AFTER = 2; // attempts
const MOST_BAD = 2; // unreadable letters of one session
/** Whoever begins anew more often than this, isn't followed any more. */
const MOST_SESSIONS = 30;

const MOST_EARLY = 50;

const PLACES = ["microphone", "camera", "screen"];

export class Peer {
  #id;
  #polite;
  #send;
  #configuration;
  #make;
  #timers;
  #random;
  #changed;
  #out;
  #parts = new Parts();
  #pc = null;
  #session = "";
  #theirs = null;
  #past = new Set();
  #turn = Promise.resolve();
  #offering = false;
  #ignoring = false;
  #heardAt = null;
  #early = []; // candidates that came before their description
  #bad = 0;
  #attempts = 0;
  #hellos = 0;
  #ever = false;
  #timer = null; // of the state we are in: hello, connecting, restarting
  #tracks = { microphone: null, camera: null, screen: null };
  #rung = null;
  #wanted = true;
  #wanting = true;
  #stopped = false;

  /** `new`, `connecting`, `connected`, `reconnecting` or `failed`. */
  state = "new";
  /** What comes from them: null, or {microphone, camera, screen}, each a track. */
  tracks = null;

  /**
   * `send(letter)`: to the roommate; `configuration()`: the RTCPeerConnection's; `make`: makes one;
   * `changed()`: called when `state` or `tracks` changed.
   */
  constructor({ id, polite, send, configuration, make, timers, random, changed }) {
    this.#id = id;
    this.#polite = polite;
    this.#send = send;
    this.#configuration = configuration;
    this.#make = make;
    this.#timers = timers;
    this.#random = random;
    this.#changed = changed;
    this.#out = new Outgoing((items) => this.#write(items), timers);
    this.#begin();
  }

  /** Takes a letter of theirs. */
  receive({ session, to, items }) {
    if (this.#stopped || this.#past.has(session)) return;
    if (to !== null && to !== this.#session) return; // for what we were before
    if (session !== this.#theirs) this.#meet(session, to);
    else if (to === null) this.#again();
    const pc = this.#pc;
    for (const item of items) {
      this.#turn = this.#turn
        .then(() => (pc === this.#pc && pc ? this.#take(item, pc) : undefined))
        .catch((error) => this.#couldNot(error, pc));
    }
  }

  /** Sends these from now on: {microphone, camera, screen}, each a track or null. */
  send(tracks) {
    this.#tracks = { ...this.#tracks, ...tracks };
    this.#apply();
  }

  /** Sends as much picture as a rung of the ladder says. */
  limit(rung) {
    this.#rung = rung;
    this.#apply();
  }

  /** Says whether their picture is looked at; they needn't send it otherwise. */
  want(wanted) {
    if (wanted === this.#wanting) return;
    this.#wanting = wanted;
    if (this.#theirs) this.#out.put({ want: wanted });
  }

  /** Looks for another way to them: the network changed. */
  restart() {
    if (this.#ever && this.#pc && this.state !== "failed") this.#restart();
    else if (!this.#stopped && this.#bad < MOST_BAD) this.#begin();
  }

  /** Returns how loud they are now, from 0 to 1. */
  loudness() {
    const receiver = this.#pc?.getTransceivers()[0]?.receiver;
    const source = receiver?.getSynchronizationSources?.()[0];
    // The last loudness stays for ten seconds after the last sound: only what is new counts.
    if (!source || source.rtpTimestamp === this.#heardAt) return 0;
    this.#heardAt = source.rtpTimestamp;
    return source.audioLevel ?? 0;
  }

  /** Returns the connection's statistics, or null. */
  async stats() {
    return this.#pc ? await this.#pc.getStats() : null;
  }

  /** Ends it. */
  stop() {
    this.#stopped = true;
    this.#out.clear();
    this.#timers.clear(this.#timer);
    this.#close();
  }

  // Beginning

  /** Begins anew, as somebody they have not met yet. */
  #begin() {
    this.#close();
    this.#out.clear();
    this.#session = drawSession(this.#random);
    this.#theirs = null;
    this.#hellos = 0;
    this.#show(this.#ever ? "reconnecting" : this.#attempts >= FAILED_AFTER ? "failed" : "new");
    this.#hello();
  }

  #hello() {
    this.#out.put({ hello: true }, { soon: false });
    const wait = HELLO_AGAIN_MS[Math.min(this.#hellos, HELLO_AGAIN_MS.length - 1)];
    this.#hellos += 1;
    this.#wait(() => this.#hello(), wait);
  }

  /** They are there, or there anew: whatever was before is over. */
  #meet(session, to) {
    if (this.#theirs) this.#past.add(this.#theirs);
    if (this.#past.size > MOST_SESSIONS) return;
    if (this.#theirs) this.#attempts = this.#bad = 0;
    this.#theirs = session;
    this.#parts = new Parts();
    this.#out.clear();
    this.#open();
    if (!this.#wanting) this.#out.put({ want: false });
    if (this.#polite && to === null) this.#out.put({ hello: true }, { soon: false });
  }

  /** They say hello though we know them: what we said got lost. */
  #again() {
    if (this.#bad >= MOST_BAD) return;
    if (this.#polite) this.#out.put({ hello: true }, { soon: false });
    else if (this.#pc?.signalingState === "have-local-offer") this.#describe(this.#pc);
  }

  #open() {
    this.#close();
    const pc = this.#make(this.#configuration());
    this.#pc = pc;
    this.#wanted = true;
    pc.onnegotiationneeded = () => this.#offer(pc);
    pc.onicecandidate = ({ candidate }) => {
      if (candidate && pc === this.#pc) this.#out.put({ candidate: candidate.toJSON() });
    };
    pc.onconnectionstatechange = () => this.#moved(pc);
    this.#show(this.#ever ? "reconnecting" : this.state === "failed" ? "failed" : "connecting");
    const patience = CONNECT_WITHIN_MS[Math.min(this.#attempts, CONNECT_WITHIN_MS.length - 1)];
    this.#wait(() => {
      this.#attempts += 1;
      if (this.#attempts >= FAILED_AFTER) this.#ever = false;
      this.#begin();
    }, patience);
    if (!this.#polite) {
      pc.addTransceiver("audio");
      pc.addTransceiver("video");
      pc.addTransceiver("video");
      this.#adopt(pc);
    }
  }

  #close() {
    const pc = this.#pc;
    this.#pc = null;
    this.#offering = this.#ignoring = false;
    this.#early = [];
    if (!pc) return;
    pc.onnegotiationneeded = pc.onicecandidate = pc.onconnectionstatechange = null;
    pc.close();
    this.tracks = null;
  }

  #wait(work, ms) {
    this.#timers.clear(this.#timer);
    this.#timer = this.#timers.set(work, ms);
  }

  #write(items) {
    this.#send({ session: this.#session, to: this.#theirs, items });
  }

  #show(state) {
    if (this.state === state) return;
    this.state = state;
    this.#changed();
  }

  // Negotiating

  async #offer(pc) {
    if (pc !== this.#pc) return;
    try {
      this.#offering = true;
      await pc.setLocalDescription();
      if (pc === this.#pc && pc.localDescription.type === "offer") this.#describe(pc);
    } catch (error) {
      this.#couldNot(error, pc);
    } finally {
      if (pc === this.#pc) this.#offering = false;
    }
  }

  #describe(pc) {
    const { type, sdp } = pc.localDescription;
    this.#out.put({ description: { type, sdp } }, { soon: false });
  }

  async #take(item, pc) {
    const whole = this.#parts.take(item);
    if (whole === null) return;
    if ("description" in whole) await this.#answer(readDescription(whole.description), pc);
    else if ("candidate" in whole) await this.#reach(readCandidate(whole.candidate), pc);
    else if ("want" in whole) {
      this.#wanted = whole.want === true;
      this.#apply();
    }
  }

  async #answer(description, pc) {
    const offer = description.type === "offer";
    const glare = offer && (this.#offering || pc.signalingState !== "stable");
    this.#ignoring = !this.#polite && glare;
    if (this.#ignoring) return;
    if (!offer && pc.signalingState !== "have-local-offer") return; // to an offer taken back
    await pc.setRemoteDescription(description);
    if (pc !== this.#pc) return;
    this.#adopt(pc);
    for (const candidate of this.#early.splice(0)) await this.#reach(candidate, pc);
    if (!offer) return;
    await pc.setLocalDescription();
    if (pc === this.#pc) this.#describe(pc);
  }

  /** A way that can't be tried (of a description that was ignored, or nonsense) is one way less. */
  async #reach(candidate, pc) {
    if (!pc.remoteDescription) {
      this.#early = [...this.#early, candidate].slice(-MOST_EARLY);
      return;
    }
    try {
      await pc.addIceCandidate(candidate);
    } catch (error) {
      if (!this.#ignoring) console.info("A candidate was of no use:", error);
    }
  }

  /** Takes the three places for our tracks and theirs. */
  #adopt(pc) {
    const places = pc.getTransceivers().slice(0, PLACES.length);
    for (const place of places) if (place.direction !== "sendrecv") place.direction = "sendrecv";
    if (this.tracks === null && places.length === PLACES.length) {
      this.tracks = Object.fromEntries(PLACES.map((kind, at) => [kind, places[at].receiver.track]));
      this.#changed();
    }
    this.#apply();
  }

  #apply() {
    const places = this.#pc?.getTransceivers() ?? [];
    PLACES.forEach((kind, at) => {
      const sender = places[at]?.sender;
      if (!sender) return;
      const track = this.#tracks[kind];
      if (sender.track !== track)
        sender.replaceTrack(track).catch((error) => this.#couldNot(error, this.#pc));
      if (kind !== "microphone" && track) this.#measure(sender, kind, track);
    });
  }

  #measure(sender, kind, track) {
    const limit = this.#rung?.[kind];
    const parameters = sender.getParameters();
    const [encoding] = parameters.encodings ?? [];
    if (!encoding || limit === undefined) return; // not negotiated yet: then it is set again
    encoding.active = limit !== null && (kind === "screen" || this.#wanted);
    if (limit) {
      encoding.maxBitrate = limit.bits;
      encoding.maxFramerate = limit.frames;
      encoding.scaleResolutionDownBy = smaller(track.getSettings().height ?? 0, limit.height);
    }
    // Two at once: the later one fails, for a transaction that is over. The next change sets it.
    sender.setParameters(parameters).catch(() => {});
  }

  // Staying connected

  #moved(pc) {
    if (pc !== this.#pc) return;
    switch (pc.connectionState) {
      case "connected":
        this.#ever = true;
        this.#attempts = 0;
        this.#timers.clear(this.#timer);
        this.#show("connected");
        this.#apply();
        break;
      case "disconnected":
        this.#show("reconnecting");
        this.#wait(() => this.#restart(), RESTART_AFTER_MS + (this.#polite ? POLITE_WAITS_MS : 0));
        break;
      case "failed":
        if (this.#ever) this.#restart();
        break;
    }
  }

  #restart() {
    this.#show("reconnecting");
    this.#pc.restartIce();
    this.#wait(() => this.#begin(), RESTART_WITHIN_MS);
  }

  /** What they sent, or what came of it, can't be used: once more from the beginning, then no more. */
  #couldNot(error, pc) {
    if (pc !== this.#pc || this.#stopped || !pc) return;
    console.info("Sound and picture with", this.#id, "failed:", error);
    this.#bad += 1;
    if (this.#bad < MOST_BAD) {
      this.#begin();
      return;
    }
    this.#close();
    this.#timers.clear(this.#timer);
    this.#show("failed");
  }
}
