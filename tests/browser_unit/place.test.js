import assert from "node:assert/strict";
import { test } from "node:test";
import { callPlace } from "../../static/media/place.js";

const card = (id, mode = "online") => ({ id, name: id, mode });
const evening = (more = {}) => ({
  you: { id: "ana", role: "attendee" },
  media: { policy: "mesh", ice_servers: [] },
  room: { id: "r1", people: [card("ana"), card("bo"), card("chidi")] },
  ...more,
});

test("one is connected in the preview and heard from the round on", () => {
  const expected = { room: "r1", me: "ana", ids: ["bo", "chidi"], people: 3, way: "mesh" };
  assert.deepEqual(callPlace(evening(), "preview"), { ...expected, sending: false });
  assert.deepEqual(callPlace(evening(), "room"), { ...expected, sending: true });
});

test("there is nothing outside of rooms, nor where the evening has no sound and picture", () => {
  for (const scene of ["lobby", "after", "out", "left"])
    assert.equal(callPlace(evening(), scene), null);
  assert.equal(callPlace(evening({ room: null }), "room"), null);
  assert.equal(callPlace(evening({ media: { policy: "none", ice_servers: [] } }), "room"), null);
});

test("a phone at a table takes no part, and in a mixed room the remote people are together early", () => {
  const room = {
    id: "r1",
    people: [card("ana"), card("bo"), card("emre", "on-site"), card("chidi")],
  };
  const place = callPlace(evening({ room }), "preview");
  assert.deepEqual(place.ids, ["bo", "chidi"]);
  assert.ok(place.sending);
  assert.equal(callPlace(evening({ room, you: { id: "emre", role: "attendee" } }), "room"), null);
});

test("a host who visits the room is called like those who sit there, once", () => {
  const room = { ...evening().room, visitors: [card("dana"), card("bo")] };
  assert.deepEqual(callPlace(evening({ room }), "room").ids, ["bo", "chidi", "dana"]);
  const dana = { id: "dana", role: "host" };
  assert.deepEqual(callPlace(evening({ room, you: dana }), "room").ids, ["ana", "bo", "chidi"]);
});

test("a ticket for this room is the way to a media server; another room's is waited for", () => {
  const media = { policy: "livekit", ice_servers: [], ticket: { room: "r1" } };
  assert.equal(callPlace(evening({ media }), "room").way, "livekit");
  const old = { ...media, ticket: { room: "r0" } };
  assert.equal(callPlace(evening({ media: old }), "room").way, "waiting");
  assert.equal(callPlace(evening({ media: { ...old, policy: "mesh" } }), "room").way, "mesh");
});
