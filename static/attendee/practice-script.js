/**
 * A practice round as messages: what a server would say if somebody sat with one partner for a minute.
 * Pure: from what is known and the time to messages; the page folds them as it folds the real ones.
 *
 * Nothing in here goes to the server. Instants are ms by the server's clock.
 */
import { t } from "../words.js";

export const ROOM = "practice";
export const PARTNER = "practice-partner";
export const PREVIEW_MS = 12_000;
export const ROUND_MS = 60_000;

/** Returns the partner's card. */
export function partner() {
  return {
    id: PARTNER,
    name: t("Momo"),
    reading: "",
    title: t("your practice partner"),
    organisation: "",
    department: "",
    mode: "online",
    interests: [],
  };
}

/** Returns the state a practice begins with: oneself, this evening's name, and nothing else. */
export function opening(state) {
  const you = { ...state.you, met: [], blocked: [], sitting_out: false, ready: false };
  const event = {
    ...state.event,
    phase: "lobby",
    round: 0,
    rounds: 1,
    starts_at: null,
    ends_at: null,
    paused: null,
    closes_at: null,
    ready_check: false,
  };
  return {
    ...state,
    you,
    event,
    room: null,
    gone: [],
    last: null,
    sitting_out: null,
    said: [],
    happened: [],
    contacts: {},
    cards: {},
    notices: [],
    calls: [],
    rated: {},
    wished: null,
  };
}

/**
 * Returns [{after, messages}]: what comes when, in ms after `at`. `messages` may be a function of the
 * state there is by then.
 */
export function script(state, at) {
  const starts_at = at + PREVIEW_MS;
  const ends_at = starts_at + ROUND_MS;
  const phase = (name) => ({ type: "phase", phase: name, round: 1, rounds: 1, paused: null });
  const room = roomMessage(state, starts_at, ends_at);
  return [
    { after: 0, messages: [{ ...phase("preview"), starts_at, ends_at }, room] },
    { after: PREVIEW_MS, messages: [{ ...phase("round"), starts_at, ends_at }] },
    ...lines(state.you.name).map(([after, text]) => ({
      after: PREVIEW_MS + after,
      messages: [says(text, starts_at + after)],
    })),
    {
      after: PREVIEW_MS + ROUND_MS,
      messages: [{ ...phase("break"), starts_at, ends_at: null }],
    },
    { after: PREVIEW_MS + ROUND_MS + 400, messages: made },
  ];
}

function roomMessage({ you }, starts_at, ends_at) {
  const own = { ...partner(), id: you.id, name: you.name, title: "", ...you.profile };
  const shared = (you.profile?.interests ?? []).slice(0, 2);
  const interests = shared.length ? shared : [t("trying things out")];
  return {
    type: "room",
    id: ROOM,
    round: 1,
    table: null,
    mode: "online",
    people: [cardOf(own), { ...partner(), interests }],
    shared: [{ people: [you.id, PARTNER], interests }],
    because: "shared-interests",
    reasons: [],
    prompt: t("What would make this a good evening for you?"),
    starts_at,
    ends_at,
    states: {},
    media: { [PARTNER]: { microphone: true, camera: true, screen: false } },
    joining: [],
    alone_since: null,
    moves_at: null,
    more_time: false,
    practice: true,
  };
}

function cardOf({ id, name, reading, title, organisation, department, mode, interests }) {
  return { id, name, reading, title, organisation, department, mode, interests: interests ?? [] };
}

/** What the partner writes, and when (ms after the start). */
function lines(name) {
  return [
    [
      1_500,
      t("Hello {name}! I'm Momo. I am not a person: a small program that practises with you.", {
        name,
      }),
    ],
    [
      10_000,
      t("In a real round, a few people sit here and talk. The clock is the same for everybody."),
    ],
    [20_000, t("Write me a line, if you like. I answer.")],
    [
      32_000,
      t("And press “Keep in touch” beside my name: I say yes, too. It shows only when both did."),
    ],
    [45_000, t("Ten seconds before the end you are told. Then the break comes by itself.")],
  ];
}

/** Returns one line of the partner's as the server would send it. */
export function says(text, at) {
  return {
    type: "said",
    id: `practice-${at}`,
    from: PARTNER,
    name: partner().name,
    room: ROOM,
    text,
    at,
  };
}

/**
 * Returns what answers a command: [{after, messages}] in ms after `at`, or null where the command ends
 * the practice (leaving is leaving).
 */
export function answers(state, command, at) {
  switch (command.type) {
    case "say":
      return answerToLine(state, command.text, at);
    case "call-host":
      return answerToCall(state, command.text);
    case "media":
      return [{ after: 0, messages: [ownMedia(state, command)] }];
    case "keep-in-touch":
      return state.event.phase === "break" ? [{ after: 600, messages: made }] : [];
    case "block":
      return command.leave ? null : [];
    case "leave":
    case "sit-out":
    case "rejoin":
    case "meet-others":
      return null;
    default:
      return [];
  }
}

function answerToLine(state, text, at) {
  const { you, said } = state;
  const room = state.room ? ROOM : "lobby";
  const own = {
    type: "said",
    id: `practice-own-${at}`,
    from: you.id,
    name: you.name,
    room,
    text,
    at,
  };
  const first = !said.some((entry) => entry.from === you.id);
  const reply = first
    ? t("That arrived. In a real round everybody in your room reads it, and nobody else.")
    : t("I read that, too. The real ones will have more to say.");
  const later = state.room ? [{ after: 1_800, messages: [says(reply, at + 1_800)] }] : [];
  return [{ after: 0, messages: [own] }, ...later];
}

function answerToCall({ you, calls }, text) {
  const call = {
    type: "call",
    id: `practice-${calls.length}`,
    from: you.id,
    text,
    hosts_present: true,
  };
  const answered = t("This is where a host's answer stands. In a real round somebody comes by.");
  return [
    { after: 0, messages: [{ ...call, seen: false, answered: "" }] },
    { after: 2_000, messages: [{ ...call, seen: true, answered: "" }] },
    { after: 5_000, messages: [{ ...call, seen: true, answered }] },
  ];
}

function ownMedia({ you }, { microphone = false, camera = false, screen = false }) {
  return { type: "room-people", media: { [you.id]: { microphone, camera, screen } } };
}

/** Returns what comes out of it: a contact, if one said yes. */
export function made(state) {
  const yes = (state.you.met ?? []).find(({ card }) => card.id === PARTNER)?.yes;
  if (!yes || PARTNER in state.contacts) return [];
  return [{ type: "contact", card: partner(), fields: { email: "momo@example.org" } }];
}
