/**
 * Sound and picture among the people of one room, from each to each; no server carries them.
 *
 * One `Peer` a roommate. Knows who is in the room and hands letters on; it opens no device and draws
 * nothing. Invariants: whoever is not in the room is not listened to; letters of another room are
 * dropped; `stop` ends everything.
 */
import { readLetter } from "./letters.js";
import { Peer } from "./peer.js";

const BROWSER_TIMERS = {
  set: (work, ms) => setTimeout(work, ms),
  clear: (timer) => clearTimeout(timer),
};

export class Mesh {
  #me;
  #room;
  #send;
  #more;
  #peers = new Map();
  #tracks = {};
  #rung = null;
  #wanted = null;

  /**
   * `me`: one's own id; `send(to, data)`: hands a letter to a roommate; `configuration()`: of each
   * RTCPeerConnection; `changed()`: called when `peers` have something new to show.
   */
  constructor({
    me,
    room,
    send,
    configuration,
    changed,
    make = (configuration) => new RTCPeerConnection(configuration),
    timers = BROWSER_TIMERS,
    random = Math.random,
  }) {
    this.#me = me;
    this.#room = room;
    this.#send = send;
    this.#more = { configuration, changed, make, timers, random };
  }

  /** By id, for reading: state, tracks, loudness(). */
  get peers() {
    return this.#peers;
  }

  /** These are in the room now: who is new is called, who is gone is let go. */
  people(ids) {
    for (const [id, peer] of [...this.#peers]) {
      if (ids.includes(id)) continue;
      peer.stop();
      this.#peers.delete(id);
      this.#more.changed();
    }
    for (const id of ids) if (!this.#peers.has(id)) this.#add(id);
  }

  #add(id) {
    const peer = new Peer({
      id,
      polite: this.#me > id,
      send: (letter) => this.#send(id, { room: this.#room, ...letter }),
      ...this.#more,
    });
    peer.send(this.#tracks);
    if (this.#rung) peer.limit(this.#rung);
    if (this.#wanted) peer.want(this.#wanted.has(id));
    this.#peers.set(id, peer);
    this.#more.changed();
  }

  /** Takes what came from a roommate. */
  receive(from, data) {
    const letter = readLetter(data, this.#room);
    if (letter) this.#peers.get(from)?.receive(letter);
  }

  /** Sends these tracks (or null) from now on: {microphone, camera, screen}. */
  send(tracks) {
    this.#tracks = tracks;
    for (const peer of this.#peers.values()) peer.send(tracks);
  }

  /** Sends as much picture as this rung of the ladder says. */
  limit(rung) {
    this.#rung = rung;
    for (const peer of this.#peers.values()) peer.limit(rung);
  }

  /** Only these people's pictures are looked at. */
  want(ids) {
    this.#wanted = ids;
    for (const [id, peer] of this.#peers) peer.want(ids.has(id));
  }

  /** The network changed: other ways are looked for. */
  restart() {
    for (const peer of this.#peers.values()) peer.restart();
  }

  /** Tries somebody again who was given up. */
  retry(id) {
    const peer = this.#peers.get(id);
    if (!peer) return;
    peer.stop();
    this.#add(id);
  }

  /** Ends all of it. */
  stop() {
    for (const peer of this.#peers.values()) peer.stop();
    this.#peers.clear();
  }
}
