import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { servedRung } from "../../static/media/quality.js";
import { Served } from "../../static/media/served.js";
import { Time, settled, track } from "./lines.js";

const real = createRequire(import.meta.url)("../../static/vendor/livekit-client.js");

/** A media server and its client library, as far as pages use them: rooms by token, tracks by source. */
class House {
  rooms = new Map(); // token's room → Set of Room
  answers = true;
  made = [];
  Track = real.Track;
  RoomEvent = real.RoomEvent;
  ConnectionError = real.ConnectionError;
  ConnectionErrorReason = real.ConnectionErrorReason;
  DisconnectReason = real.DisconnectReason;
  takes = () => true; // a token

  constructor() {
    const house = this;
    this.Room = class Room {
      state = "disconnected";
      remoteParticipants = new Map();
      #listeners = new Map();

      constructor(options) {
        this.options = options;
        this.localParticipant = new Person(this);
        house.made.push(this);
      }

      on(event, work) {
        assert.ok(event, "an event that the library does not know");
        this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), work]);
      }

      emit(event, ...details) {
        for (const work of this.#listeners.get(event) ?? []) work(...details);
      }

      async connect(url, token, options) {
        this.connected = { url, token, options };
        await Promise.resolve();
        if (!house.answers) throw new Error("could not establish signal connection");
        if (!house.takes(token)) throw real.ConnectionError.notAllowed("invalid token", 401);
        const [name, identity] = token.split("/");
        this.localParticipant.identity = identity;
        const others = house.rooms.get(name) ?? new Set();
        this.others = others;
        for (const other of others) {
          this.remoteParticipants.set(other.localParticipant.identity, other.localParticipant);
          other.remoteParticipants.set(identity, this.localParticipant);
        }
        others.add(this);
        house.rooms.set(name, others);
        this.state = "connected";
        this.tell(house.RoomEvent.ParticipantConnected);
      }

      tell(event) {
        for (const other of this.others) if (other !== this) other.emit(event);
      }

      async disconnect() {
        this.falls(false);
      }

      falls(loudly = true, why = undefined) {
        if (this.state !== "connected") return;
        this.state = "disconnected";
        this.others.delete(this);
        for (const other of this.others)
          other.remoteParticipants.delete(this.localParticipant.identity);
        this.tell(house.RoomEvent.ParticipantDisconnected);
        if (loudly) this.emit(house.RoomEvent.Disconnected, why);
      }
    };
  }
}

class Person {
  audioLevel = 0;
  publications = new Map();

  constructor(room) {
    this.room = room;
  }

  getTrackPublication(source) {
    return this.publications.get(source);
  }

  async publishTrack(mediaStreamTrack, { source, ...options }) {
    await Promise.resolve();
    const publication = { track: { mediaStreamTrack }, options, enabled: true };
    publication.setEnabled = (enabled) => (publication.enabled = enabled);
    this.publications.set(source, publication);
    this.room.tell(real.RoomEvent.TrackSubscribed);
  }

  async unpublishTrack(mediaStreamTrack) {
    for (const [source, { track }] of this.publications)
      if (track.mediaStreamTrack === mediaStreamTrack) this.publications.delete(source);
    this.room.tell(real.RoomEvent.TrackUnsubscribed);
  }
}

function page(house, time, id, others, { room = "r1" } = {}) {
  const reached = [];
  const served = new Served({
    ticket: () => ({ url: "wss://media.test", token: `${room}/${id}` }),
    changed: () => {},
    reached: (how) => reached.push(how),
    load: async () => house,
    timers: time.timers,
    random: () => 1,
  });
  served.people(others);
  served.limit(servedRung(others.length + 1));
  return { served, reached };
}

function roomOf(house, id) {
  return house.made.find(
    ({ localParticipant, state }) => localParticipant.identity === id && state === "connected",
  );
}

async function two() {
  const [house, time] = [new House(), new Time()];
  const ana = page(house, time, "ana", ["bo"]);
  const bo = page(house, time, "bo", ["ana"]);
  await settled();
  return { house, time, ana, bo };
}

test("the library has what pages use of it", () => {
  for (const name of [
    "ParticipantConnected", "ParticipantDisconnected", "TrackSubscribed", "TrackUnsubscribed",
    "TrackPublished", "Reconnected", "Reconnecting", "SignalReconnecting", "Disconnected",
  ])
    assert.equal(typeof real.RoomEvent[name], "string", name);
  for (const name of ["Microphone", "Camera", "ScreenShare"])
    assert.equal(typeof real.Track.Source[name], "string", name);
  for (const name of ["DUPLICATE_IDENTITY", "PARTICIPANT_REMOVED", "ROOM_DELETED"])
    assert.equal(typeof real.DisconnectReason[name], "number", name);
  assert.equal(real.ConnectionState.Connected, "connected");
  const room = new real.Room();
  for (const name of ["connect", "disconnect", "on"]) assert.equal(typeof room[name], "function");
  assert.ok(room.remoteParticipants instanceof Map);
  for (const name of ["publishTrack", "unpublishTrack"])
    assert.equal(typeof real.LocalParticipant.prototype[name], "function");
  assert.equal(typeof real.RemoteParticipant.prototype.getTrackPublication, "function");
  assert.equal(typeof real.RemoteTrackPublication.prototype.setEnabled, "function");
});

test("two see each other's tracks, and not their own", async () => {
  const { ana, bo, house } = await two();
  const [camera, microphone] = [track("video"), track("audio")];
  ana.served.send({ microphone, camera, screen: null });
  await settled();
  const seen = bo.served.peers.get("ana");
  assert.equal(seen.state, "connected");
  assert.deepEqual(seen.tracks, { microphone, camera, screen: null });
  assert.deepEqual([...ana.served.peers.keys()], ["bo"]);
  assert.equal(house.made[0].connected.options.rtcConfig, undefined, "the server names its relays");
  ana.served.send({ microphone, camera: null, screen: null });
  await settled();
  assert.equal(bo.served.peers.get("ana").tracks.camera, null);
  assert.deepEqual(ana.reached, ["reached"]);
});

test("a track that goes off while it is being sent goes off afterwards", async () => {
  const { ana, bo } = await two();
  const microphone = track("audio");
  ana.served.send({ microphone, camera: null, screen: null });
  ana.served.send({ microphone: null, camera: null, screen: null });
  await settled();
  assert.equal(bo.served.peers.get("ana").tracks.microphone, null);
});

test("whoever is not in the room by the evening's word is not shown", async () => {
  const { house, time, ana } = await two();
  page(house, time, "emre", ["ana", "bo"]);
  await settled();
  assert.deepEqual([...ana.served.peers.keys()], ["bo"]);
  ana.served.people([]);
  assert.equal(ana.served.peers.size, 0);
});

test("a server that does not answer is tried again, and one that goes away comes back", async () => {
  const [house, time] = [new House(), new Time()];
  house.answers = false;
  const ana = page(house, time, "ana", ["bo"]);
  await settled();
  await time.passes(5_000);
  assert.ok(house.made.length >= 3);
  assert.ok(ana.reached.every((how) => how === "unreachable"));
  house.answers = true;
  page(house, time, "bo", ["ana"]);
  await time.passes(10_000);
  assert.equal(ana.served.peers.get("bo").state, "connected");
  assert.equal(ana.reached.at(-1), "reached");
  roomOf(house, "ana").falls();
  assert.equal(ana.served.peers.get("bo").state, "reconnecting");
  await time.passes(2_000);
  assert.equal(ana.served.peers.get("bo").state, "connected");
});

test("without a line to the server nobody speaks, and all are being reconnected", async () => {
  const { house, ana } = await two();
  const bo = ana.served.peers.get("bo");
  bo.participant.audioLevel = 0.4;
  assert.equal(bo.loudness(), 0.4);
  const room = roomOf(house, "ana");
  room.state = "signalReconnecting";
  room.emit(house.RoomEvent.SignalReconnecting);
  assert.equal(bo.state, "reconnecting");
  assert.equal(bo.loudness(), 0);
});

test("the library gives up after a few seconds, so that it can be said", async () => {
  const { house } = await two();
  const { reconnectPolicy } = house.made[0].options;
  const waits = [0, 1, 2].map((retryCount) => reconnectPolicy.nextRetryDelayInMs({ retryCount }));
  assert.ok(waits.every((ms) => ms > 0));
  assert.ok(waits.reduce((sum, ms) => sum + ms) <= 5_000);
  assert.equal(reconnectPolicy.nextRetryDelayInMs({ retryCount: 3 }), null);
});

test("who is shown out reads nothing of a server that does not answer, and asks again later", async () => {
  const { house, time, ana } = await two();
  roomOf(house, "ana").falls(true, real.DisconnectReason.PARTICIPANT_REMOVED);
  assert.deepEqual(ana.reached, ["reached"]);
  assert.equal(ana.served.peers.get("bo").state, "reconnecting");
  await time.passes(3_900);
  assert.equal(house.made.length, 2);
  await time.passes(200);
  assert.equal(ana.served.peers.get("bo").state, "connected");
});

test("a ticket that is refused is told apart, and the next one is tried", async () => {
  const [house, time] = [new House(), new Time()];
  house.takes = () => false;
  const ana = page(house, time, "ana", ["bo"]);
  await settled();
  assert.deepEqual(ana.reached, ["not-let-in"]);
  await time.passes(5_000);
  assert.ok(ana.reached.length > 1);
  assert.ok(ana.reached.every((how) => how === "not-let-in"));
  house.takes = () => true;
  await time.passes(10_000);
  assert.equal(ana.reached.at(-1), "reached");
});

test("each track has the limits that the library reads for its source", async () => {
  const { house, ana } = await two();
  ana.served.send({ microphone: track("audio"), camera: track("video"), screen: track("video") });
  await settled();
  const { publications } = house.made[0].localParticipant;
  const limits = (source) => publications.get(source).options;
  const { camera, screen } = servedRung(2);
  assert.deepEqual(limits(real.Track.Source.Microphone), {});
  assert.equal(limits(real.Track.Source.Camera).videoEncoding.maxBitrate, camera.bits);
  assert.equal(limits(real.Track.Source.ScreenShare).screenShareEncoding.maxBitrate, screen.bits);
});

test("only pictures that are looked at are asked for", async () => {
  const { ana, bo } = await two();
  bo.served.send({ microphone: null, camera: track("video"), screen: null });
  await settled();
  const { participant } = ana.served.peers.get("bo");
  const publication = () => participant.getTrackPublication(real.Track.Source.Camera);
  ana.served.want(new Set());
  assert.equal(publication().enabled, false);
  ana.served.want(new Set(["bo"]));
  assert.equal(publication().enabled, true);
});

test("who stops is gone, and nothing is tried any more", async () => {
  const { house, time, ana, bo } = await two();
  ana.served.stop();
  await settled();
  assert.equal(bo.served.peers.get("ana").state, "reconnecting");
  bo.served.stop();
  await time.passes(60_000);
  assert.equal(house.made.length, 2);
  assert.equal(time.left, 0);
});
