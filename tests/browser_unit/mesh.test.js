import assert from "node:assert/strict";
import { test } from "node:test";
import { Mesh } from "../../static/media/mesh.js";
import { rung } from "../../static/media/quality.js";
import { Connection, Time, settled, track } from "./lines.js";

/** A room in which pages hand each other letters, as the server does. */
class Room {
  time = new Time();
  pages = new Map();
  connections = new Map(); // id → the connections it made, in order
  lost = () => false;
  letters = [];
  #drawn = 0;

  enter(id, people, room = "r1") {
    const made = [];
    this.connections.set(id, [...(this.connections.get(id) ?? []), made]);
    const mesh = new Mesh({
      me: id,
      room,
      send: (to, data) => {
        const letter = { from: id, to, data: JSON.parse(JSON.stringify(data)) };
        this.letters.push(letter);
        if (!this.lost(letter)) Promise.resolve().then(() => this.deliver(letter));
      },
      configuration: () => ({ iceServers: [] }),
      changed: () => {},
      make: (configuration) => {
        const connection = new Connection(configuration);
        made.push(connection);
        return connection;
      },
      timers: this.time.timers,
      random: () => (++this.#drawn * 0.618033) % 1,
    });
    this.pages.set(id, mesh);
    mesh.people(people.filter((other) => other !== id));
    return mesh;
  }

  deliver({ from, to, data }) {
    this.pages.get(to)?.receive(from, data);
  }

  state(id, of) {
    return this.pages.get(id).peers.get(of).state;
  }

  latest(id) {
    return this.connections.get(id).at(-1).at(-1);
  }

  end() {
    for (const page of this.pages.values()) page.stop();
  }
}

async function two() {
  const room = new Room();
  const ana = room.enter("ana", ["ana", "bo"]);
  const bo = room.enter("bo", ["ana", "bo"]);
  await room.time.passes(500);
  return { room, ana, bo };
}

test("two who come at once are connected, with three places in their order", async () => {
  const { room, ana, bo } = await two();
  assert.equal(room.state("ana", "bo"), "connected");
  assert.equal(room.state("bo", "ana"), "connected");
  for (const mesh of [ana, bo]) {
    const [peer] = mesh.peers.values();
    assert.deepEqual(
      Object.values(peer.tracks).map(({ kind }) => kind),
      ["audio", "video", "video"],
    );
  }
  assert.equal(room.connections.get("ana").at(-1).length, 1, "nothing was begun twice");
  room.end();
  assert.equal(Connection.open.size, 0, "everything that starts can stop");
  assert.equal(room.time.left, 0);
});

for (const first of ["ana", "bo"])
  test(`whoever comes later is met, also when ${first} was first by ten seconds`, async () => {
    const room = new Room();
    room.enter(first, ["ana", "bo"]);
    await room.time.passes(10_000);
    assert.equal(room.state(first, first === "ana" ? "bo" : "ana"), "new");
    room.enter(first === "ana" ? "bo" : "ana", ["ana", "bo"]);
    await room.time.passes(200);
    assert.equal(room.state("ana", "bo"), "connected");
    assert.equal(room.state("bo", "ana"), "connected");
    room.end();
  });

for (const [who, other] of [["ana", "bo"], ["bo", "ana"]])
  test(`${who} reloads and is met anew; letters of before are dropped`, async () => {
    const { room } = await two();
    const old = room.letters.filter((letter) => letter.from === who);
    room.pages.get(who).stop();
    room.enter(who, ["ana", "bo"]);
    await room.time.passes(500);
    assert.equal(room.state(who, other), "connected");
    assert.equal(room.state(other, who), "connected");
    const count = room.connections.get(other).at(-1).length;
    for (const letter of old) room.deliver(letter);
    await room.time.passes(500);
    assert.equal(room.state(other, who), "connected");
    assert.equal(room.connections.get(other).at(-1).length, count);
    room.end();
  });

test("when both offer at once the polite one gives way, and both are connected", async () => {
  const { room } = await two();
  const [a, b] = [room.latest("ana"), room.latest("bo")];
  a.becomes("failed");
  b.becomes("failed");
  assert.equal(room.state("ana", "bo"), "reconnecting");
  await room.time.passes(1_000);
  assert.equal(room.state("ana", "bo"), "connected");
  assert.equal(room.state("bo", "ana"), "connected");
  assert.deepEqual([a.restarts, b.restarts], [1, 1]);
  assert.equal(room.latest("ana"), a, "the same connection goes on");
  room.end();
});

test("a hiccup is waited for; a longer gap looks for another way, and then begins anew", async () => {
  const { room } = await two();
  const connection = room.latest("ana");
  connection.becomes("disconnected");
  assert.equal(room.state("ana", "bo"), "reconnecting");
  await room.time.passes(1_000);
  connection.becomes("connected");
  await room.time.passes(5_000);
  assert.equal(connection.restarts, 0);
  room.lost = () => true;
  connection.becomes("disconnected");
  await room.time.passes(2_500);
  assert.equal(connection.restarts, 1);
  await room.time.passes(8_000);
  room.lost = () => false;
  await room.time.passes(6_000);
  assert.equal(room.state("ana", "bo"), "connected");
  assert.notEqual(room.latest("ana"), connection);
  room.end();
});

test("letters that get lost are written again", async () => {
  const room = new Room();
  let count = 0;
  room.lost = () => ++count <= 4;
  room.enter("ana", ["ana", "bo"]);
  room.enter("bo", ["ana", "bo"]);
  await room.time.passes(12_000);
  assert.equal(room.state("ana", "bo"), "connected");
  assert.equal(room.state("bo", "ana"), "connected");
  room.end();
});

test("nonsense from one is tried once more, then given up; the others are not touched", async () => {
  const room = new Room();
  const everybody = ["ana", "bo", "chidi"];
  const ana = room.enter("ana", everybody);
  room.enter("bo", everybody);
  await room.time.passes(500);
  const letter = (...items) => ({ room: "r1", session: "x1", to: null, items });
  const garbage = letter({ description: { type: "answer", sdp: "garbage" } });
  const answersNonsense = async () => {
    ana.receive("chidi", letter({ hello: true }));
    await settled();
    ana.receive("chidi", garbage);
    await settled();
  };
  await answersNonsense();
  assert.equal(room.state("ana", "chidi"), "new", "begun anew, once");
  await answersNonsense();
  assert.equal(room.state("ana", "chidi"), "failed");
  const made = room.connections.get("ana").at(-1).length;
  for (let i = 0; i < 50; i++) await answersNonsense();
  for (const item of [{ candidate: 7 }, { part: 3 }, { part: { at: 0, of: 1e9, text: "x" } }, {}])
    ana.receive("chidi", letter(item));
  await room.time.passes(60_000);
  assert.equal(room.connections.get("ana").at(-1).length, made, "nothing more is made for it");
  assert.equal(room.state("ana", "bo"), "connected");
  ana.retry("chidi");
  room.enter("chidi", everybody);
  await room.time.passes(1_500);
  assert.equal(room.state("ana", "chidi"), "connected", "a press, or a page of sense, helps");
  room.end();
});

test("a letter to what one was before a reload is not read", async () => {
  const room = new Room();
  const ana = room.enter("ana", ["ana", "bo"]);
  const late = { room: "r1", session: "b1", to: "ana-before", items: [{ hello: true }] };
  ana.receive("bo", late);
  await room.time.passes(100);
  assert.equal(room.connections.get("ana").at(-1).length, 0);
  ana.receive("bo", { ...late, to: null });
  await room.time.passes(100);
  assert.equal(room.connections.get("ana").at(-1).length, 1);
  room.end();
});

test("somebody who begins anew without end is not followed without end", async () => {
  const room = new Room();
  const ana = room.enter("ana", ["ana", "chidi"]);
  for (let i = 0; i < 500; i++)
    ana.receive("chidi", { room: "r1", session: `s${i}`, to: null, items: [{ hello: true }] });
  await settled();
  assert.ok(room.connections.get("ana").at(-1).length < 50);
  assert.ok(Connection.open.size <= 1);
  room.end();
});

test("late letters of the last room, and of people outside, are dropped", async () => {
  const { room, ana } = await two();
  const connection = room.latest("ana");
  for (const { data } of room.letters.filter((letter) => letter.from === "bo")) {
    ana.receive("bo", { ...data, room: "r0" });
    ana.receive("emre", data);
  }
  await room.time.passes(500);
  assert.equal(room.latest("ana"), connection);
  assert.deepEqual([...ana.peers.keys()], ["bo"]);
  room.end();
});

test("who leaves is let go, who joins is called", async () => {
  const { room, ana } = await two();
  ana.people(["chidi"]);
  room.enter("chidi", ["ana", "chidi"]);
  await room.time.passes(500);
  assert.deepEqual([...ana.peers.keys()], ["chidi"]);
  assert.equal(room.state("ana", "chidi"), "connected");
  room.end();
});

test("tracks come and go without negotiating, as large as the room allows", async () => {
  const { room, ana } = await two();
  const offers = () => room.letters.length;
  const before = offers();
  const places = room.latest("ana").getTransceivers();
  const camera = track("video", 480);
  ana.limit(rung(2));
  ana.send({ microphone: track("audio"), camera, screen: null });
  await room.time.passes(100);
  assert.equal(places[1].sender.track, camera);
  assert.equal(places[1].sender.parameters.encodings[0].maxBitrate, rung(2).camera.bits);
  assert.equal(places[1].sender.parameters.encodings[0].scaleResolutionDownBy, 1.33);
  ana.limit(rung(9));
  await settled();
  assert.equal(places[1].sender.parameters.encodings[0].active, false);
  ana.send({ microphone: null, camera: null, screen: null });
  await room.time.passes(100);
  assert.equal(places[1].sender.track, null);
  assert.equal(offers(), before);
  room.end();
});

test("who fell silent does not go on speaking", async () => {
  const { room, ana } = await two();
  const [place] = room.latest("ana").getTransceivers();
  const peer = ana.peers.get("bo");
  assert.equal(peer.loudness(), 0);
  place.sources = [{ audioLevel: 0.4, rtpTimestamp: 960 }];
  assert.equal(peer.loudness(), 0.4);
  assert.equal(peer.loudness(), 0, "the same packet, looked at again");
  place.sources = [{ audioLevel: 0.2, rtpTimestamp: 1_920 }];
  assert.equal(peer.loudness(), 0.2);
  room.end();
});

test("a picture that nobody looks at is not sent", async () => {
  const { room, ana, bo } = await two();
  ana.limit(rung(7));
  ana.send({ microphone: null, camera: track("video"), screen: null });
  bo.want(new Set());
  await room.time.passes(200);
  const { sender } = room.latest("ana").getTransceivers()[1];
  assert.equal(sender.parameters.encodings[0].active, false);
  bo.want(new Set(["ana"]));
  await room.time.passes(200);
  assert.equal(sender.parameters.encodings[0].active, true);
  room.end();
});
