/**
 * With whom this page shares sound and picture now, and by which way. Pure: from state and scene.
 *
 * On-site people talk at their table: their phones take no part (rule 26); a station, the table's one
 * screen, camera and microphone, does. In the preview connections are made, and nothing is sent before
 * the round starts, except in mixed rooms, whose remote people are together from the preview on (27).
 */

/**
 * Returns null, or {room, me, ids, people, way, sending}. `way`: `mesh`, `livekit`, `practice`, or `waiting` for
 * the ticket to a media server; `people`: how many take part; `sending`: whether they are to be heard.
 */
export function callPlace(state, scene) {
  const { room, you, media } = state;
  if (!room || !you || !["preview", "room"].includes(scene)) return null;
  if (media.policy === "none" || !takesPart(you.id, room, you)) return null;
  const there = [...room.people, ...(room.visitors ?? [])].map((card) => card.id);
  if (room.station) there.push(room.station);
  const ids = [...new Set(there)].filter((id) => id !== you.id && takesPart(id, room));
  return {
    room: room.id,
    me: you.id,
    ids,
    people: ids.length + 1,
    way: wayOf(media, room),
    sending: scene === "room" || room.people.some((card) => card.mode === "on-site"),
  };
}

function takesPart(id, room, you = null) {
  if (you?.role === "station" || room.station === id) return true;
  return room.people.find((card) => card.id === id)?.mode !== "on-site";
}

function wayOf(media, room) {
  if (room.practice) return "practice";
  if (media.ticket?.room === room.id) return "livekit";
  return media.policy === "mesh" ? "mesh" : "waiting";
}
