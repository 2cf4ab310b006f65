/**
 * Sound and picture with one roommate: one RTCPeerConnection at a time, and how it comes about.
 *
 * Of two, only the one who is not polite makes the first offer (`negotiation.js` is how they agree). A
 * session is drawn for each beginning: letters of an earlier one are dropped, and a roommate who reloads
 * is met anew.
 *
 * Invariants: nothing that a roommate sends throws out of here; what can't be read is tried once more
 * from the beginning and then given up (`failed`) until they begin anew themselves; everything that was
 * started ends with `stop`.
 */
import { drawSession, Outgoing } from "./letters.js";
import { Negotiation } from "./negotiation.js";
import { fillPlaces, makePlaces, takePlaces } from "./places.js";

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
  #pc = null;
  #talk = null; // the negotiation of this connection
  #session = "";
  #theirs = null;
  #past = new Set();
  #heardAt = null;
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
    this.#talk?.take(items);
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
    this.#out.clear();
    this.#open();
    if (!this.#wanting) this.#out.put({ want: false });
    if (this.#polite && to === null) this.#out.put({ hello: true }, { soon: false });
  }

  /** They say hello though we know them: what we said got lost. */
  #again() {
    if (this.#bad >= MOST_BAD) return;
    if (this.#polite) this.#out.put({ hello: true }, { soon: false });
    else this.#talk?.again();
  }

  #open() {
    this.#close();
    const pc = this.#make(this.#configuration());
    this.#pc = pc;
    this.#wanted = true;
    this.#talk = new Negotiation(pc, {
      polite: this.#polite,
      out: this.#out,
      adopt: () => this.#adopt(pc),
      want: (wanted) => {
        this.#wanted = wanted;
        this.#apply();
      },
      failed: (error) => this.#couldNot(error, pc),
    });
    pc.onconnectionstatechange = () => this.#moved(pc);
    this.#show(this.#ever ? "reconnecting" : this.state === "failed" ? "failed" : "connecting");
    const patience = CONNECT_WITHIN_MS[Math.min(this.#attempts, CONNECT_WITHIN_MS.length - 1)];
    this.#wait(() => {
      this.#attempts += 1;
      if (this.#attempts >= FAILED_AFTER) this.#ever = false;
      this.#begin();
    }, patience);
    if (!this.#polite) {
      makePlaces(pc);
      this.#adopt(pc);
    }
  }

  #close() {
    const pc = this.#pc;
    this.#pc = null;
    this.#talk?.stop();
    this.#talk = null;
    if (!pc) return;
    pc.onconnectionstatechange = null;
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

  // Sending

  /** Takes the three places for our tracks and theirs. */
  #adopt(pc) {
    const theirs = takePlaces(pc);
    if (this.tracks === null && theirs) {
      this.tracks = theirs;
      this.#changed();
    }
    this.#apply();
  }

  #apply() {
    const pc = this.#pc;
    fillPlaces(pc, {
      tracks: this.#tracks,
      rung: this.#rung,
      wanted: this.#wanted,
      failed: (error) => this.#couldNot(error, pc),
    });
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
