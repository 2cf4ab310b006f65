// The host's page: puts the socket, the fold and the views together. It holds the one connection,
// the one ticking clock, and the stack of open sheets; everything else is in its own file.

import { browserStore } from "../kept.js";
import { Wire } from "../wire.js";
import { computed, effect, html, render, signal } from "../view.js";
import { readBoot } from "../words.js";
import { makeAsking } from "./asking.js";
import { Aside } from "./aside.js";
import { newlyNeeded, phaseAloud, tabTitle } from "./attention.js";
import { EMPTY, heard, listensAt, needs } from "./board.js";
import { ClockPanel } from "./clock-panel.js";
import { Floor } from "./floor.js";
import { followFragment } from "./fragment.js";
import { Line } from "./line.js";
import { undoable } from "./log.js";
import { Needs } from "./needs.js";
import { Panels } from "./panels.js";

const TICK_MS = 250;
/** How often is looked whether a room has become silent. */
const LOOK_MS = 5000;


/** Where it is blocked, what was seen to is forgotten with the page. */
const store = browserStore();
const boot = readBoot();
const host = openConsole(boot);
const place = document.getElementById("app");
place.replaceChildren(); // what the server wrote for the wait; Preact would leave it below
render(html`<${Console} host=${host} />`, place);

function openConsole({ socket, title, programme = null, join_url = null, desk = null, event }) {
  const board = signal(EMPTY);
  const line = signal({ now: "connecting", attempt: 0 });
  const now = signal(Date.now());
  const sheets = signal([]);
  const wire = new Wire({
    url: socket,
    message(message) {
      const before = board.value.event?.phase;
      board.value = heard(board.value, message);
      if (board.value.event?.phase !== before) asking.forget("clock"); // it was about another phase
    },
    status: (status) => { line.value = status; },
  });
  const asking = makeAsking(async (type, fields) => {
    await wire.ask(type, fields);
  }, signal);
  const seenTo = signal(new Set(remembered(event)));

  setInterval(() => { now.value = wire.now(); }, TICK_MS);
  addEventListener("online", () => wire.hurry());
  addEventListener("offline", () => wire.hurry()); // asks at once whether the line still carries
  document.addEventListener("visibilitychange", () => { if (!document.hidden) wire.hurry(); });
  addEventListener("pageshow", (shown) => { if (shown.persisted) wire.hurry(); }); // by "back"
  wire.start();

  const it = {
    ...asking,
    board,
    line,
    now,
    looked: computed(() => Math.floor(now.value / LOOK_MS) * LOOK_MS),
    sheets,
    seenTo,
    undo: computed(() => undoable(board.value, now.value)),
    get programme() { return board.value.event?.programme ?? programme; },
    api: `/api/events/${event}`,
    joinUrl: join_url,
    deskUrl: desk,
    sought: signal(""),
    onlyAttention: signal(false),
    moved: signal(""), // what came of the last drag on the floor, in a sentence
    show(sheet) {
      if (sameSheet(sheets.value.at(-1), sheet)) return; // a press too many
      asking.forget(placeOf(sheet));
      sheets.value = [...sheets.value, sheet];
    },
    back: () => { sheets.value = sheets.value.slice(0, -1); },
    hide: () => { sheets.value = []; },
    markSeenTo(key) {
      seenTo.value = new Set([...seenTo.value, key]);
      store.set(`meguri-seen-to-${event}`, JSON.stringify([...seenTo.value]));
    },
  };
  sayAloud(it, title);
  followFragment(it);
  tellSeen(it, wire);
  return it;
}

function sameSheet(a, b) {
  return a !== undefined && a.kind === b.kind && a.id === b.id;
}

function placeOf({ kind, id }) {
  return id ? `${kind}-${id}` : kind;
}

function remembered(event) {
  return JSON.parse(store.get(`meguri-seen-to-${event}`) ?? "[]");
}

/** Announces each need once, and each new phase; counts what waits in the tab's title. */
function sayAloud(host, title) {
  const said = new Set();
  let before = null;
  const place = document.getElementById("announcer");
  effect(() => {
    const board = host.board.value;
    if (!board.event) return;
    const at = listensAt(board, host.looked.value);
    document.title = tabTitle(title, needs(board, at, host.seenTo.value).length);
    const sentences = newlyNeeded(board, said, at, host.seenTo.value).map(([key, sentence]) => (said.add(key), sentence));
    const phase = phaseAloud(before, board.event);
    before = board.event;
    for (const sentence of phase ? [phase, ...sentences] : sentences) {
      const line = document.createElement("p");
      line.textContent = sentence;
      place.append(line);
      while (place.children.length > 6) place.firstChild.remove();
    }
  });
}

/** Lets the callers know that their call is on a screen somebody looks at. */
function tellSeen(host, wire) {
  const told = new Set();
  const visible = signal(!document.hidden);
  document.addEventListener("visibilitychange", () => { visible.value = !document.hidden; });
  const unseen = computed(() => host.board.value.calls.filter((call) => !call.seen && call.answered == null));
  effect(() => {
    if (!visible.value || host.line.value.now !== "open") return;
    for (const call of unseen.value) {
      if (told.has(call.id)) continue;
      told.add(call.id);
      wire.ask("call-seen", { call: call.id }, { again: true }).catch((refused) => {
        if (refused.name !== "Refused") throw refused;
        told.delete(call.id); // answered meanwhile, or the line was lost: the board says which
      });
    }
  });
}

function Console({ host }) {
  const { event } = host.board.value;
  if (!event) return html`<${Line} host=${host} waiting=${true} />`;
  return html`
    <${Line} host=${host} />
    <main id="main" class="console" tabindex="-1">
      <${ClockPanel} host=${host} />
      <${Needs} host=${host} />
      <${Floor} host=${host} />
      <${Aside} host=${host} />
    </main>
    <${Panels} host=${host} />`;
}
