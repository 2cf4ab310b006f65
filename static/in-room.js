/** The room that one sits in, folded: who comes, goes and drops, and who is met by that. Pure. */
import { changeMet, findCard, metWith } from "./met.js";

const HAPPENED_KEPT = 60;

/** A changed deadline of the round moves all its rooms by as much. */
export function shift(room, before, after) {
  if (!room || room.round !== after.round) return room;
  const moved = { ...room };
  if (room.ends_at === null) moved.ends_at = after.ends_at; // an open floor gets an end
  else if (before.ends_at !== null && after.ends_at !== null)
    moved.ends_at += after.ends_at - before.ends_at;
  if (before.starts_at === room.starts_at && after.starts_at !== null)
    moved.starts_at = after.starts_at;
  const resumed = before.paused !== null && after.paused === null;
  // A pause before the beginning moves that instead; then nothing has to be remembered.
  if (resumed && room.ends_at !== null && moved.starts_at === room.starts_at)
    moved.stood_ms = (room.stood_ms ?? 0) + (moved.ends_at - room.ends_at);
  return moved;
}

/** Returns the state in a room that the server names, left whatever was before. */
export function enter(state, room, at) {
  const same = state.room?.id === room.id;
  const kept = same ? state : leaveRoom(state, at);
  const since = same
    ? state.room.since
    : Object.fromEntries(room.people.map((card) => [card.id, at]));
  return {
    ...kept,
    room: {
      states: {},
      media: {},
      joining: [],
      reasons: [],
      ...room,
      since,
      stood_ms: room.stood_ms ?? (same ? state.room.stood_ms : 0), // held up by pauses for so long
      waits: same ? state.room.waits : false,
    },
    sitting_out: null,
  };
}

/** Returns the state without a room; who sat in it has been met. */
export function leaveRoom(state, at) {
  if (!state.room) return state;
  const all = meet(
    state,
    state.room.people.map((card) => card.id),
    at,
  );
  return {
    ...all,
    // A room that was called off in its preview was nobody's: nobody has met there.
    last: { room: state.room, gone: state.gone, began: at > state.room.starts_at },
    room: null,
    gone: [],
    wished: null,
  };
}

/**
 * Puts people among those met when one parts from them. Their minutes are this page's own count until
 * the server's is read with the next full view; where the server has counted this round, its word stands.
 */
function meet(state, ids, at) {
  const { room, you } = state;
  const end = Math.min(at, room.ends_at ?? at);
  return ids
    .filter((id) => id !== you.id && !metWith(state, id).rounds.includes(room.round))
    .reduce((next, id) => {
      const ms =
        end - Math.max(room.starts_at, room.since[id] ?? room.starts_at, room.since[you.id] ?? 0);
      if (ms <= 0) return next;
      const shared = (room.shared ?? [])
        .filter(({ people }) => people.includes(id) && people.includes(you.id))
        .flatMap(({ interests, own }) => own?.[you.id] ?? interests);
      return changeMet(next, id, (met) => ({
        rounds: [...met.rounds, room.round],
        seconds: met.seconds + Math.round(ms / 1000),
        shared: [...new Set([...met.shared, ...shared])],
      }));
    }, state);
}

/** Returns the state with these people `to` (`dropped`, `not-here-yet`), or simply there (null). */
export function withStates(state, ids, to) {
  if (!state.room) return state;
  const states = { ...state.room.states };
  for (const id of ids) {
    if (to === null) delete states[id];
    else states[id] = to;
  }
  return { ...state, room: { ...state.room, states } };
}

/** Hosts who visit a room come and go, and sit nowhere: the room sees them, and meets nobody. */
function changeVisitors(state, { visiting = [], joined = [], left = [] }, at) {
  const { room } = state;
  const came = joined.filter((card) => visiting.includes(card.id));
  const before = room.visitors ?? [];
  const nameOf = (id) => [...before, ...came].find((card) => card.id === id)?.name ?? "";
  const lines = visiting.map((id) => {
    const kind = left.includes(id) ? "visit-ended" : "visits";
    return { key: `${kind}:${id}:${at}`, kind, id, name: nameOf(id), at, room: room.id };
  });
  const stay = before.filter((card) => !visiting.includes(card.id));
  return {
    ...state,
    happened: [...state.happened, ...lines].slice(-HAPPENED_KEPT),
    room: { ...room, visitors: [...stay, ...came] },
  };
}

/** Returns the state after a `room-people`: who comes, goes, drops, and what they send. */
export function changePeople(state, message, at) {
  if (message.visiting?.length) return changeVisitors(state, message, at);
  const lines = [];
  const line = (kind, id, name) =>
    lines.push({ key: `${kind}:${id}:${at}`, kind, id, name, at, room: state.room.id });
  const nameOf = (id) => findCard(state, id)?.name ?? "";

  const joined = message.joined ?? [];
  const away = [...(message.left ?? []), ...(message.moved ?? [])];
  const arrivedIds = new Set(joined.map((card) => card.id));
  const leaving = state.room.people.filter((card) => away.includes(card.id));
  const people = [
    ...state.room.people.filter((card) => !away.includes(card.id) && !arrivedIds.has(card.id)),
    ...joined,
  ];
  const stopped = new Set([...arrivedIds, ...(message.not_joining ?? [])]);
  const joining = [
    ...state.room.joining.filter((item) => !stopped.has(item.card.id)),
    ...(message.joining ?? []).filter((item) => !stopped.has(item.card.id)),
  ];
  for (const card of joined) line("joined", card.id, card.name);
  for (const id of message.left ?? []) line("left", id, nameOf(id));
  for (const id of message.moved ?? []) line("moved", id, nameOf(id));
  for (const id of message.dropped ?? []) line("dropped", id, nameOf(id));
  for (const id of message.back ?? []) line("back", id, nameOf(id));

  const parted = meet(
    state,
    leaving.map((card) => card.id),
    at,
  );
  let next = {
    ...parted,
    gone: [...state.gone.filter((card) => !arrivedIds.has(card.id)), ...leaving],
    happened: [...state.happened, ...lines].slice(-HAPPENED_KEPT),
    room: {
      ...state.room,
      people,
      joining,
      since: { ...state.room.since, ...Object.fromEntries(joined.map((card) => [card.id, at])) },
      media: { ...state.room.media, ...message.media },
      alone_since: "alone_since" in message ? message.alone_since : state.room.alone_since,
      moves_at: "moves_at" in message ? message.moves_at : state.room.moves_at,
      waits: message.alone_since === null ? false : state.room.waits,
    },
  };
  next = withStates(
    next,
    [...away, ...arrivedIds, ...(message.back ?? []), ...(message.arrived ?? [])],
    null,
  );
  next = withStates(next, message.dropped ?? [], "dropped");
  return withStates(next, message.not_here_yet ?? [], "not-here-yet");
}
