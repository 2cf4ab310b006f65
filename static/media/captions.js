/**
 * Live captions among roommates: whoever wishes them asks, and each decides whether their own browser
 * writes down what they say. Lines go as letters to those who asked, and are kept nowhere.
 *
 * Invariants: nobody's speech is recognised before they said yes in this room; it pauses while their
 * microphone is off and ends with the room; what roommates send is text of bounded length, never more.
 */
import { batch, computed, effect, signal } from "../view.js";
import { Recogniser, staysHere } from "./recogniser.js";

const MOST_TEXT = 400;
const LINES_KEPT = 40;
/** Half-heard words are sent at most so often; a finished line at once. */
const INTERIM_MS = 600;
const EARLY_KEPT = 20;

const idsOf = (state) => (state.room?.people ?? []).map(({ id }) => id);

/**
 * `state`: the evening's; `microphone`: its device; `hand(to, data)`: hands a letter on;
 * `Recognition`: the browser's class, or null; `clock`: ms.
 */
export function makeCaptions({ state, microphone, hand, Recognition, clock = () => Date.now() }) {
  /** Whether one asked for captions; goes along into the next rooms, where all are asked anew. */
  const wished = signal(false);
  /** Who asks: ids of roommates. */
  const wishers = signal(new Set());
  /** {state: off, on, failed; problem, language, local}: one's own speech. */
  const giving = signal({ state: "off", problem: null, language: "", local: false });
  /** What was said: {key, from, text, final, at}, oldest first. */
  const lines = signal([]);
  const recogniser = Recognition ? new Recogniser({ Recognition }) : null;
  const roomId = computed(() => state.value.room?.id ?? null);
  const here = computed(() => JSON.stringify([roomId.value, idsOf(state.value)]));
  const told = new Set();
  const early = [];
  /** After a reload, lines begin anew and must not be taken for earlier ones. */
  const session = Math.random().toString(36).slice(2, 8);
  let sentAt = 0;

  const me = () => state.peek().you?.id;
  const mates = () => idsOf(state.peek()).filter((id) => id !== me());

  function send(to, captions) {
    const room = roomId.peek();
    if (room) hand(to, { room, captions });
  }

  // Asking

  /** Asks everybody in the room for captions, or no more. */
  function wish(on) {
    wished.value = on;
    told.clear();
    for (const id of mates()) tellWish(id);
  }

  function tellWish(id) {
    told.add(id);
    send(id, { wish: wished.peek() });
  }

  // Giving

  /** Says whether one's language stays on this device, to be told before anybody says yes. */
  const isLocal = async (language) => Recognition !== null && staysHere(Recognition, language);

  /** Begins to write down one's own speech, in this room; after its owner said yes. */
  async function give(language) {
    if (!recogniser) return;
    const room = roomId.peek();
    const local = await isLocal(language);
    if (room === roomId.peek()) giving.value = { state: "on", problem: null, language, local };
  }

  function stopGiving() {
    giving.value = { ...giving.peek(), state: "off", problem: null };
  }

  function said({ id, text, final }) {
    const line = { id: `${session}.${id}`, text: text.slice(0, MOST_TEXT), final };
    add(me(), line);
    if (!final && clock() - sentAt < INTERIM_MS) return;
    sentAt = clock();
    for (const to of wishers.peek()) send(to, { line });
  }

  // Receiving

  /** Takes a roommate's letter; what is not about captions is left alone. */
  function receive(from, data) {
    const captions = data?.captions;
    if (!captions || typeof captions !== "object") return;
    if (data.room !== roomId.peek() || !mates().includes(from)) {
      // They may have read of the room before we did.
      early.splice(0, early.push([from, data]) - EARLY_KEPT);
      return;
    }
    if (typeof captions.wish === "boolean") {
      const next = new Set(wishers.peek());
      if (captions.wish) next.add(from);
      else next.delete(from);
      wishers.value = next;
    }
    const line = captions.line;
    if (wished.peek() && typeof line?.id === "string" && typeof line.text === "string")
      add(from, {
        id: line.id.slice(0, 40),
        text: line.text.slice(0, MOST_TEXT),
        final: line.final === true,
      });
  }

  function add(from, { id, text, final }) {
    const key = `${from}:${id}`;
    const known = lines.peek().find((line) => line.key === key);
    if (known?.final) return;
    const line = { key, from, text, final, at: known?.at ?? clock() };
    lines.value = known
      ? lines.peek().map((other) => (other.key === key ? line : other))
      : [...lines.peek(), line].slice(-LINES_KEPT);
  }

  // Rooms

  /** Another room: everybody is asked anew, and nobody's yes goes along. */
  function enter() {
    batch(() => {
      wishers.value = new Set();
      lines.value = [];
      stopGiving();
      told.clear();
    });
  }

  function greet(ids) {
    const next = new Set([...wishers.peek()].filter((id) => ids.includes(id)));
    if (next.size < wishers.peek().size) wishers.value = next;
    for (const id of [...told]) if (!ids.includes(id)) told.delete(id);
    if (wished.peek()) for (const id of mates()) if (!told.has(id)) tellWish(id);
    for (const [from, data] of early.splice(0)) receive(from, data);
  }

  function listen({ state: standing, language, local }, { track }) {
    if (standing !== "on" || !track) recogniser?.stop();
    else
      recogniser.start({
        track,
        language,
        local,
        said,
        failed: (problem) => (giving.value = { ...giving.peek(), state: "failed", problem }),
      });
  }

  const endings = [
    effect(() => {
      roomId.value; // read, so that a new room begins anew
      enter();
    }),
    effect(() => greet(JSON.parse(here.value)[1])),
    effect(() => listen(giving.value, microphone.value)),
  ];

  return {
    can: recogniser !== null,
    wished,
    wishers,
    giving,
    lines,
    wish,
    isLocal,
    give,
    stopGiving,
    receive,
    stop() {
      recogniser?.stop();
      for (const end of endings.reverse()) end();
    },
  };
}
