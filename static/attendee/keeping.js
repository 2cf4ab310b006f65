/** Presses and words that must not be lost: shown at once, kept here until the evening has them. */
import { Keeping } from "../kept.js";
import { metWith } from "../state.js";
import { computed, effect, signal } from "../view.js";
import { ask, boot, connection, post, send, showRefusal, state } from "./session.js";

/** Changes whenever something kept does, so that who reads it draws anew. */
const turn = signal(0);

const changed = () => (turn.value = turn.peek() + 1);
const real = new Keeping({ send, changed, refused: showRefusal });
let keeping = real;

/** Keeps what is done in a practice apart, in memory alone; false goes on with the real evening's. */
export function keepApart(practising) {
  const store = { get: () => null, set: () => false };
  const play = ({ type, ...fields }) => ask(type, fields);
  keeping = practising ? new Keeping({ send: play, changed, refused: showRefusal, store }) : real;
  changed();
}

let begun = false;

/** Begins to send what is kept, also what an earlier page left, and whenever a line is back; once. */
export function beginKeeping() {
  if (begun) return;
  begun = true;
  const you = computed(() => state.value.you?.id ?? null);
  const open = computed(() => connection.value.now === "open");
  effect(() => {
    if (you.value) real.open(`meguri:${boot.event}:${you.value}`);
    if (you.value && open.value) real.flush();
  });
  document.addEventListener("visibilitychange", () => document.hidden && real.flush());
  addEventListener("pagehide", () => {
    for (const command of real.unsent()) post(command, { goes: true }).catch(() => {}); // still kept
  });
}

function keep(key, command, how) {
  beginKeeping();
  keeping.keep(key, command, how);
}

/** Keeps one field of a note, while it is typed. */
export function writeNote(about, field, text) {
  const command = { type: "note", about, [field]: text };
  keep(`note:${about}:${field}`, command, { typed: true });
}

/** Sends now what is being typed: the field was left. */
export function sendNow() {
  keeping.flush();
}

/** Says or takes back the quiet yes about somebody, with the fields they may see. */
export function sayYes(about, yes, fields) {
  const command = yes ? { yes, fields } : { yes };
  keep(`yes:${about}`, { type: "keep-in-touch", about, ...command });
}

/** Gives stars for a round. */
export function giveStars(round, stars) {
  keep(`stars:${round}`, { type: "rate", round, stars });
}

/** Chooses which fields a contact sees unless chosen otherwise. */
export function chooseFields(fields) {
  keep("fields", { type: "profile", contact_fields: fields });
}

/** Returns what one chose and wrote about somebody, with what is still on its way. */
export function metNow(id) {
  turn.value; // read, so that its reader draws anew
  const met = metWith(state.value, id);
  const yes = keeping.get(`yes:${id}`);
  return {
    ...met,
    ...(yes && { yes: yes.yes, fields: yes.fields ?? [] }),
    text: keeping.get(`note:${id}:text`)?.text ?? met.text,
    next_step: keeping.get(`note:${id}:next_step`)?.next_step ?? met.next_step,
  };
}

/** Returns how a note's field stands: empty, `saving`, `waiting`, `saved` or `refused`. */
export function noteStanding(about, field) {
  turn.value;
  const standing = keeping.standing(`note:${about}:${field}`);
  const down = connection.value.now === "lost" || connection.value.now === "connecting";
  return standing === "saving" && down ? "waiting" : standing;
}

/** Returns one's stars for a round, or 0. */
export function starsFor(round) {
  turn.value;
  return keeping.get(`stars:${round}`)?.stars ?? state.value.rated[round] ?? 0;
}

/** Returns the fields that were chosen as the usual ones, or null. */
export function usualChoice() {
  turn.value;
  return keeping.get("fields")?.contact_fields ?? state.value.you.profile?.contact_fields ?? null;
}
