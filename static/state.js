/**
 * What a page knows, folded from the messages of the contract. Pure: `reduce(state, message)` returns
 * a new state and changes nothing; unknown messages and fields are ignored.
 *
 * Field names are the contract's (snake_case). `did` folds one's own commands once they are done.
 * Invariant: a resumed connection goes on with the state there is; a full welcome replaces all of it.
 */
import { changePeople, enter, leaveRoom, shift, withStates } from "./in-room.js";
import { changeMet, changeYou, findCard } from "./met.js";

export { findCard, isContact, metInRound, metWith } from "./met.js";

const SAID_KEPT = 300;
const NOTICES_KEPT = 20;

export function initial() {
  return {
    session: null,
    you: null,
    event: null,
    media: { policy: "none", ice_servers: [] },
    room: null, // the room one sits in
    gone: [], // cards of those who left it
    last: null, // the room one sat in before: {room, gone}
    sitting_out: null, // {because, next_at}
    said: [],
    happened: [], // what people did, for the room's thread: {key, kind, id, name, at, room}
    contacts: {}, // id → {card, fields}
    cards: {}, // id → {card, fields}: cards given to one
    notices: [],
    calls: [],
    faces: [], // {id, name} of a few who are here and allow everybody to see it
    store_away: false,
    rated: {}, // round → stars
    wished: null, // room id and deadline for which one wished more time
    bye: false,
    topics: { round: 0, topics: [] }, // of the next round of topics
    floor: { rooms: {}, most: 0 }, // an open floor: id → room
    board: null, // hosts: {rooms: {id: room}, parts, topics}
  };
}

/** Returns the state after one message. `at`: the server's time (ms), for what carries none. */
export function reduce(state, message, at = 0) {
  const fold = FOLDS[message.type];
  return fold ? fold(state, message, at) : state;
}

const FOLDS = {
  welcome(state, message, at) {
    if (message.resumed) {
      return {
        ...state,
        session: message.session,
        you: message.you,
        media: message.media ?? state.media,
        bye: false,
      };
    }
    const fresh = {
      ...initial(),
      session: message.session,
      you: message.you,
      event: message.event,
      media: message.media ?? initial().media,
      contacts: byId(message.contacts ?? [], (contact) => contact.card.id),
      rated: message.you.rated ?? {},
    };
    if (message.you.because)
      fresh.sitting_out = { because: message.you.because, next_at: nextAt(message.event) };
    return message.room ? enter(fresh, message.room, at) : fresh;
  },

  you(state, { you }) {
    const because = you.because || state.sitting_out?.because;
    return { ...state, you, sitting_out: state.sitting_out && { ...state.sitting_out, because } };
  },

  phase(state, message, at) {
    const before = state.event;
    const { type, tip, ...fields } = message;
    // Ready holds until the preview; then it is asked anew.
    const begins = message.phase === "preview" && before.phase !== "preview";
    const you = begins && state.you ? { ...state.you, ready: false } : state.you;
    const next = { ...state, you, event: { ...before, ...fields } };
    if (["preview", "round"].includes(message.phase)) {
      const moved = sameRound(before, message) ? shift(state.room, before, message) : state.room;
      return moved && moved.round !== message.round
        ? leaveRoom(next, at)
        : { ...next, room: moved };
    }
    if (message.phase === before.phase) return next;
    return {
      ...leaveRoom(next, Math.min(at, before.paused ?? at)), // nobody's time while the clock stood
      sitting_out: null,
    };
  },

  room(state, message, at) {
    const { type, tip, ...room } = message;
    return enter(state, room, at);
  },

  "room-people"(state, message, at) {
    return state.room ? changePeople(state, message, at) : state;
  },

  "sitting-out"(state, { because, next_at }, at) {
    return { ...leaveRoom(state, at), sitting_out: { because, next_at } };
  },

  topics(state, { round, topics = [] }) {
    return { ...state, topics: { round, topics } };
  },

  // Rooms to be taken come anew each time; of the others only those that changed.
  floor(state, { rooms = [], gone = [], whole, most }) {
    const kept = whole ? [] : Object.values(state.floor.rooms).filter((room) => room.count > 0);
    const known = { ...byId(kept, (room) => room.id), ...byId(rooms, (room) => room.id) };
    for (const id of gone) delete known[id];
    return { ...state, floor: { rooms: known, most } };
  },

  lobby(state, { present }) {
    return { ...state, event: { ...state.event, present } };
  },

  faces(state, { people }) {
    return { ...state, faces: people };
  },

  said(state, { type, tip, ...said }) {
    if (state.said.some((known) => known.id === said.id)) return state;
    return { ...state, said: [...state.said, said].slice(-SAID_KEPT) };
  },

  // Empty fields mean withdrawn; but a contact just made may share none.
  contact(state, { card, fields }) {
    const contacts = { ...state.contacts };
    if (Object.keys(fields).length || !(card.id in contacts)) contacts[card.id] = { card, fields };
    else delete contacts[card.id];
    return { ...state, contacts };
  },

  "card-given"(state, { card, fields }) {
    const cards = { ...state.cards };
    if (Object.keys(fields).length) cards[card.id] = { card, fields };
    else delete cards[card.id];
    return { ...state, cards };
  },

  notice(state, { type, tip, ...notice }) {
    if (notice.code === "store-away") return { ...state, store_away: true };
    if (notice.code === "store-back") return { ...state, store_away: false };
    const key = `${notice.at}:${notice.code}:${notice.text}`;
    if (state.notices.some((known) => known.key === key)) return state;
    return { ...state, notices: [...state.notices, { ...notice, key }].slice(-NOTICES_KEPT) };
  },

  call(state, { type, tip, ...call }) {
    return { ...state, calls: [...state.calls.filter((known) => known.id !== call.id), call] };
  },

  board(state, message) {
    return {
      ...state,
      board: {
        rooms: byId(message.rooms, (room) => room.id),
        parts: message.parts ?? {},
        topics: message.topics ?? [],
      },
    };
  },

  "board-change"(state, message) {
    if (!state.board) return state;
    const rooms = { ...state.board.rooms, ...byId(message.rooms ?? [], (room) => room.id) };
    for (const id of message.gone ?? []) delete rooms[id];
    return {
      ...state,
      board: { ...state.board, rooms, parts: { ...state.board.parts, ...message.parts } },
    };
  },

  media(state, { type, tip, ...media }) {
    return { ...state, media };
  },

  bye(state, message, at) {
    return { ...leaveRoom(state, at), bye: true };
  },
};

/** Returns the state after one's own command was done; what the server tells anyway is left to it. */
export function did(state, command) {
  const fold = DONE[command.type];
  return fold ? fold(state, command) : state;
}

const DONE = {
  "keep-in-touch": (state, { about, yes = true, fields }) =>
    changeMet(state, about, (met) => ({ yes, fields: yes ? (fields ?? met.fields) : [] })),
  "give-card": (state, { to, fields = [] }) =>
    (to === "room" ? others(state).map((card) => card.id) : [to]).reduce(
      (next, id) => changeMet(next, id, () => ({ card_fields: fields })),
      state,
    ),
  note: (state, { about, text, next_step, done }) =>
    changeMet(state, about, (met) => ({
      text: text ?? met.text,
      next_step: next_step ?? met.next_step,
      done: done ?? met.done,
    })),
  rate: (state, { stars, round = state.event.round }) => ({
    ...state,
    rated: { ...state.rated, [round]: stars },
  }),
  ready: (state) => changeYou(state, { ready: true }),
  "sit-out": (state) => changeYou(state, { sitting_out: true }),
  rejoin: (state) => changeYou(state, { sitting_out: false }),
  unblock: (state, { about }) =>
    changeYou(state, { blocked: (state.you.blocked ?? []).filter((card) => card.id !== about) }),
  block(state, { about }) {
    const card = findCard(state, about);
    const blocked = (state.you.blocked ?? []).filter((known) => known.id !== about);
    const contacts = { ...state.contacts };
    delete contacts[about];
    return changeYou({ ...state, contacts }, { blocked: card ? [...blocked, card] : blocked });
  },
  profile(state, { type, ...fields }) {
    const profile = { ...state.you.profile, ...fields };
    return changeYou(state, { profile, name: fields.name ?? state.you.name });
  },
  "wish-more-time": (state) => ({ ...state, wished: wishKey(state.room) }),
  wait: (state) => ({ ...state, room: state.room && { ...state.room, waits: true } }),
  arrived: (state, { about }) => withStates(state, [about ?? state.you.id], null),
  here: (state) =>
    state.room?.states?.[state.you.id] === "not-here-yet"
      ? withStates(state, [state.you.id], null)
      : state,
};

// What views ask of the state

/** Returns the cards of one's room but one's own. */
export function others(state) {
  return (state.room?.people ?? []).filter((card) => card.id !== state.you?.id);
}

/** Returns how somebody in the room is: `here`, `dropped`, `not-here-yet` or `expected`. */
export function stateOf(state, id) {
  return state.room?.states?.[id] ?? "here";
}

/** Says whether one sits in a room without anybody else for now. */
export function isAlone(state) {
  if (!state.room?.alone_since) return false;
  return others(state).every((card) => stateOf(state, card.id) !== "here");
}

/** Returns the thread of a room or the lobby: what was said and what happened, in order. */
export function thread(state, room) {
  const said = state.said
    .filter((entry) => entry.room === room)
    .map((entry) => ({ ...entry, key: entry.id, kind: "said" }));
  const happened = state.happened.filter((entry) => entry.room === room);
  return [...said, ...happened].sort((a, b) => a.at - b.at);
}

/** Says for what a wish for more time holds: this room, this deadline. */
export function wishKey(room) {
  return room ? `${room.id}@${room.ends_at}` : null;
}

// The steps

function byId(list, id) {
  return Object.fromEntries(list.map((item) => [id(item), item]));
}

function nextAt(event) {
  if (!event) return null;
  if (event.phase === "break") return event.ends_at;
  return event.phase === "draft" || event.phase === "lobby" ? event.starts_at : null;
}

function sameRound(before, message) {
  return ["preview", "round"].includes(before.phase) && before.round === message.round;
}
