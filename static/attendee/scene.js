/**
 * Which view an attendee sees now. Pure: a function of the state, the connection and the time.
 */
import { metInRound } from "../state.js";

/**
 * Returns `arriving`, `closed`, `left`, `waits`, `lobby`, `preview`, `room`, `floor`, `plenary`, `after`,
 * `out` or `ended`.
 * A room whose deadline has passed is over even before the server's word of it has arrived.
 */
export function scene(state, connection, now) {
  const deleted = connection.reason === "gone";
  const over = [undefined, 4503].includes(connection.code) && !deleted;
  if (state.event?.phase === "ended" && over) return "ended";
  if (connection.now === "closed") return connection.code === 1000 ? "left" : "closed";
  if (state.bye) return "left";
  if (!state.event || !state.you) return "arriving";
  if (state.you.waits_for_yes) return "waits";
  const { phase, paused, round, kind } = state.event;
  if (phase === "preview" || phase === "round") {
    if (kind === "plenary") return "plenary";
    if (kind === "open") return state.room ? "room" : "floor";
  }
  switch (phase) {
    case "preview":
      if (!state.room) return "out";
      return state.room.starts_at > (paused ?? now) ? "preview" : "room";
    case "round":
      if (state.room) {
        if (state.room.starts_at > (paused ?? now)) return "preview";
        return state.room.ends_at > (paused ?? now) ? "room" : "after";
      }
      return state.sitting_out?.because === "room-ended" ? "after" : "out";
    case "break":
      return metInRound(state, round).length ? "after" : "out";
    case "ended":
      return "ended";
    default:
      return "lobby";
  }
}

/** Returns what the clock in the header counts down to: {from, until, kind}, or null. */
export function deadline(state, where) {
  if (where === "preview") return { kind: "starts", from: null, until: state.room.starts_at };
  if (where === "floor" || where === "plenary") {
    const { phase, starts_at, ends_at } = state.event;
    if (phase === "preview") return { kind: "starts", from: null, until: starts_at };
    return ends_at === null ? null : { kind: "ends", from: starts_at, until: ends_at };
  }
  if (where === "room" && state.room.ends_at === null) return null;
  if (where === "room")
    return { kind: "ends", from: state.room.starts_at, until: state.room.ends_at };
  const next = nextRoundAt(state);
  return next === null ? null : { kind: "next", from: null, until: next };
}

/** Returns when the next preview or the first round is planned (ms), or null: the host calls it. */
export function nextRoundAt(state) {
  const { event, sitting_out } = state;
  if (!event) return null;
  if (event.phase === "break") return event.ends_at;
  if (event.phase === "draft" || event.phase === "lobby") return event.starts_at;
  return sitting_out?.next_at ?? null;
}

/** Says whether another round is to come. */
export function moreRounds(event) {
  return event.rounds > event.round || event.phase === "draft";
}

/** Whether the last round is over, so that nobody waits for another. */
export function roundsAreOver(event) {
  return !moreRounds(event) && ["lobby", "break", "ended"].includes(event.phase);
}
