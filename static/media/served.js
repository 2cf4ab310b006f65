/**
 * Sound and picture of one room through a media server (LiveKit), for rooms larger than a mesh carries.
 *
 * The same to the page as `Mesh`: people in, tracks out, one entry a roommate. Its client library is
 * fetched when the first such room comes. Invariants: who is not in the room by the evening's word is
 * not shown, whoever the media server lets in; what can't be reached is tried again until `stop`.
 */

import { ANSWERS_WITHIN_MS, Patience, SHOWN_OUT_MS } from "./patience.js";

const SOURCES = { microphone: "Microphone", camera: "Camera", screen: "ScreenShare" };

const BROWSER_TIMERS = {
  set: (work, ms) => setTimeout(work, ms),
  clear: (timer) => clearTimeout(timer),
};

async function fetchLibrary() {
  await import("../vendor/livekit-client.js");
  return globalThis.LivekitClient;
}

/** Returns how large a track may be sent; the library reads another name for what a screen shows. */
function encodings(kind, limit) {
  if (!limit) return {};
  const encoding = { maxBitrate: limit.bits, maxFramerate: limit.frames };
  return kind === "screen" ? { screenShareEncoding: encoding } : { videoEncoding: encoding };
}

/** A roommate as the page sees them. */
class Guest {
  state = "new";
  tracks = null;
  participant = null;
  statistics = null;

  /** From 0 to 1; without a line to the server what was heard last is no news. */
  loudness() {
    return this.state === "connected" ? (this.participant?.audioLevel ?? 0) : 0;
  }

  async stats() {
    return (await this.statistics?.()) ?? null;
  }
}

export class Served {
  #ticket;
  #changed;
  #reached;
  #load;
  #timers;
  #patience;
  #library = null;
  #room = null;
  #peers = new Map();
  #tracks = {};
  #published = new Map(); // kind → track
  #rung = null;
  #wanted = null;
  #again = null;
  #turn = Promise.resolve();
  #stopped = false;

  /**
   * `ticket()`: the latest {url, token}; `changed()`: as in Mesh; `reached(how)`: `reached`, `unreachable`,
   * or `not-let-in` where the server answers and takes no ticket.
   */
  constructor({
    ticket,
    changed,
    reached,
    load = fetchLibrary,
    timers = BROWSER_TIMERS,
    random = Math.random,
  }) {
    this.#ticket = ticket;
    this.#changed = changed;
    this.#reached = reached;
    this.#load = load;
    this.#timers = timers;
    this.#patience = new Patience(random);
    this.#connect();
  }

  /** By id, for reading: state, tracks, loudness(). */
  get peers() {
    return this.#peers;
  }

  /** These are in the room now. */
  people(ids) {
    for (const id of [...this.#peers.keys()]) if (!ids.includes(id)) this.#peers.delete(id);
    for (const id of ids) if (!this.#peers.has(id)) this.#peers.set(id, new Guest());
    this.#look();
  }

  /** The media server needs no letters between roommates. */
  receive() {}

  /** Sends these tracks (or null) from now on: {microphone, camera, screen}. */
  send(tracks) {
    this.#tracks = tracks;
    this.#publish();
  }

  /** Sends as much picture as this rung of the ladder says. */
  limit(rung) {
    this.#rung = rung;
    this.#publish();
  }

  /** Only these people's pictures are looked at. */
  want(ids) {
    this.#wanted = ids;
    this.#look();
  }

  /** The network changed; the library finds another way by itself. */
  restart() {}

  /** Tries again, with everybody: there is only one connection. */
  retry() {
    this.#leave();
    this.#patience.rested();
    this.#connect();
  }

  /** Ends it. */
  stop() {
    this.#stopped = true;
    this.#leave();
    this.#peers.clear();
  }

  // Connecting

  async #connect() {
    let room = null;
    try {
      this.#library ??= await this.#load();
      if (this.#stopped || this.#room) return;
      room = this.#make();
      const { url, token } = this.#ticket();
      await room.connect(url, token, { websocketTimeout: ANSWERS_WITHIN_MS });
    } catch (error) {
      if (this.#stopped || room !== this.#room) return;
      console.info("The media server could not be reached:", error);
      this.#lost(this.#isRefusal(error) ? "not-let-in" : "unreachable");
      return;
    }
    if (room !== this.#room) return;
    this.#patience.rested();
    this.#reached("reached");
    this.#look();
    this.#publish();
  }

  #make() {
    const { Room, RoomEvent } = this.#library;
    // Pictures are drawn by elements of our own, so the library can't see which ones are visible.
    const room = new Room({
      adaptiveStream: false,
      dynacast: true,
      stopLocalTrackOnUnpublish: false,
      reconnectPolicy: this.#patience,
    });
    this.#room = room;
    const here = (work) => () => room === this.#room && work();
    const look = here(() => this.#look());
    for (const event of [
      RoomEvent.ParticipantConnected,
      RoomEvent.ParticipantDisconnected,
      RoomEvent.TrackSubscribed,
      RoomEvent.TrackUnsubscribed,
      RoomEvent.TrackPublished,
      RoomEvent.Reconnected,
      RoomEvent.Reconnecting,
      RoomEvent.SignalReconnecting,
    ])
      room.on(event, look);
    room.on(RoomEvent.Disconnected, (why) => room === this.#room && this.#ended(why));
    return room;
  }

  /** Says whether the server is there, and takes no ticket of ours: another key, a clock far off. */
  #isRefusal(error) {
    const { ConnectionError, ConnectionErrorReason } = this.#library ?? {};
    return (
      ConnectionError !== undefined &&
      error instanceof ConnectionError &&
      error.reason === ConnectionErrorReason.NotAllowed
    );
  }

  /** The session is over: the server went away, or has shown us out. */
  #ended(why) {
    const { DUPLICATE_IDENTITY, PARTICIPANT_REMOVED, ROOM_DELETED } = this.#library.DisconnectReason;
    if ([DUPLICATE_IDENTITY, PARTICIPANT_REMOVED, ROOM_DELETED].includes(why)) {
      this.#leave();
      this.#tryAfter(SHOWN_OUT_MS);
    } else this.#lost("unreachable");
  }

  /** It is gone, or was never there: again after a while, and a little longer each time. */
  #lost(how) {
    this.#leave();
    this.#reached(how);
    this.#tryAfter(this.#patience.next());
  }

  #tryAfter(ms) {
    this.#again = this.#timers.set(() => this.#connect(), ms);
    this.#look();
  }

  #leave() {
    this.#timers.clear(this.#again);
    const room = this.#room;
    this.#room = null;
    this.#published.clear();
    // Our own tracks live on: their owner closes them.
    if (room) room.disconnect(false).catch((error) => console.info("Leaving failed:", error));
  }

  // Receiving

  /** Reads who is there and what comes from them. */
  #look() {
    for (const [id, peer] of this.#peers) {
      const participant = this.#room?.remoteParticipants.get(id) ?? null;
      peer.participant = participant;
      peer.state = this.#stateOf(peer, participant);
      peer.tracks = participant && this.#tracksOf(id, participant);
      peer.statistics = participant && (() => this.#statisticsOf(participant));
    }
    this.#changed();
  }

  #stateOf(peer, participant) {
    if (participant && this.#room.state === "connected") return "connected";
    return ["connected", "reconnecting"].includes(peer.state) ? "reconnecting" : "new";
  }

  #publication(participant, source) {
    return participant.getTrackPublication(this.#library.Track.Source[source]);
  }

  /** Each track has figures of its own. */
  async #statisticsOf(participant) {
    const tracks = Object.values(SOURCES).map((source) => this.#publication(participant, source)?.track);
    const reports = await Promise.all(tracks.map((track) => track?.getRTCStatsReport?.()));
    return new Map(reports.flatMap((report) => [...(report ?? [])]));
  }

  #tracksOf(id, participant) {
    const camera = this.#publication(participant, "Camera");
    camera?.setEnabled(!this.#wanted || this.#wanted.has(id));
    const trackOf = (publication) => publication?.track?.mediaStreamTrack ?? null;
    return {
      microphone: trackOf(this.#publication(participant, "Microphone")),
      camera: trackOf(camera),
      screen: trackOf(this.#publication(participant, "ScreenShare")),
    };
  }

  // Sending

  /** One after another: a track that goes off while it is being published goes off afterwards. */
  #publish() {
    this.#turn = this.#turn.then(() => this.#publishNow()).catch((error) => {
      console.info("A track could not be sent:", error);
    });
  }

  async #publishNow() {
    const room = this.#room;
    if (room?.state !== "connected" || !this.#rung) return;
    const { Track } = this.#library;
    for (const [kind, source] of Object.entries(SOURCES)) {
      const track = this.#tracks[kind] ?? null;
      const before = this.#published.get(kind) ?? null;
      if (track === before || room !== this.#room) continue;
      this.#published.set(kind, track);
      if (before) await room.localParticipant.unpublishTrack(before, false);
      if (!track) continue;
      const limit = this.#rung[kind];
      await room.localParticipant.publishTrack(track, {
        source: Track.Source[source],
        ...encodings(kind, limit),
      });
    }
  }
}
