// The middle: the floor of tables, the lobby below it, and how to find somebody on it.
// Only rooms that changed are drawn again; the arrow keys walk from table to table. People are
// dragged from table to table, or out of the lobby; by keyboard a table opens, and has "Move…".

import { Dot, RoundTable } from "../circle.js";
import { Icon } from "../icons.js";
import { html, useLayoutEffect, useMemo, useRef, useState } from "../view.js";
import { number, t, timeOfDay, tn } from "../words.js";
import { clockText } from "../clock.js";
import {
  callingRooms, folded, hasNoCamera, inOrder, listensAt, nameMatches, nameOf, roomMatches, roomOf, standsOut,
} from "./board.js";
import { makeDragging } from "./dragging.js";
import { Refusal } from "./refusal.js";
import { roomAloud, roomSign, roomWithin, standOutWords, waitingWords } from "./sentences.js";
import { UndoButton } from "./undo.js";

const FOUND_MOST = 12;
/** From so many rooms on the tables are drawn smaller, so that more of the floor is seen at once. */
const MANY = 60;
/** Of so few rooms everybody stands below their table by name. */
const NAMED_MOST = 12;
/** The server lists no more people without a room. */
const WAITING_MOST = 200;
const PLACE = "floor";

export function Floor({ host }) {
  const board = host.board.value;
  const sought = folded(host.sought.value);
  const onlyAttention = host.onlyAttention.value;
  const calling = useMemo(() => callingRooms(board.calls), [board.calls]);
  const seated = ["preview", "round"].includes(board.event.phase);
  const at = listensAt(board, host.looked.value);
  const tables = useMemo(
    () => (seated ? inOrder(board.rooms) : []).map((room) => ({ room, kind: standsOut(room, calling, at) })),
    [board.rooms, calling, seated, at],
  );
  const drag = useMoving(host);
  const attention = tables.filter(({ kind }) => kind).length;
  const shown = tables.filter(({ room, kind }) => (!onlyAttention || kind)
    && roomMatches(room, roomSign(room), sought));
  const begin = (press) => {
    const held = press.target.closest("[data-person]");
    if (held && host.line.value.now === "open" && host.board.value.you?.role !== "helper") drag.begin(press, held.dataset.person, held);
  };
  return html`<section class="floor" aria-labelledby="floor-title" onPointerDown=${begin}>
    <header class="floor-head">
      <h2 id="floor-title">${floorTitle(tables.length, shown.length)}</h2>
      <div class="floor-tools">
        <label class="search">
          <${Icon} name="search" />
          <input class="input" type="search" value=${host.sought.value} placeholder=${t("Find a person or room")}
            aria-label=${t("Find a person or room")} onInput=${(event) => { host.sought.value = event.target.value; }} />
        </label>
        ${(tables.length > 0 || onlyAttention) && html`<button type="button" class="button filter" aria-pressed=${onlyAttention}
          onClick=${() => { host.onlyAttention.value = !onlyAttention; }}>${t("Needs attention · {n}", { n: attention })}</button>`}
        ${shown.length > 0 && shown.length < tables.length && html`<button type="button" class="button"
          onClick=${() => host.show({ kind: "announce", rooms: shown.map(({ room }) => room.id) })}>
          <${Icon} name="megaphone" />${tn("Announce to {n} room…", "Announce to these {n} rooms…", shown.length)}</button>`}
      </div>
    </header>
    <${Moved} host=${host} />
    ${tables.length > 0 && html`<${Tables} host=${host} shown=${shown} sought=${sought} event=${board.event} calls=${board.calls} sound=${board.sound} drag=${drag} />`}
    ${tables.length > 0 && shown.length === 0 && html`<p class="floor-empty">${onlyAttention && !sought
      ? t("All is well in every room.") : t("No room with that.")}</p>`}
    ${tables.length > 0 && html`<${Legend} sound=${board.sound} />`}
    ${sought ? html`<${Found} host=${host} sought=${sought} drag=${drag} />` : html`<${Waiting} host=${host} seated=${tables.length > 0} drag=${drag} />`}
  </section>`;
}

/** Returns the dragging of people on the floor: onto a table, or down to the lobby. */
function useMoving(host) {
  const kept = useRef(null);
  kept.current ??= makeDragging({ shown: (held, id) => nameTag(nameOf(host.board.value, id)), onto: "[data-room]" });
  const drag = kept.current;
  drag.dropped = async (id, { room: to }) => {
    const board = host.board.value;
    if (!to || to === (roomOf(board, id)?.id ?? "lobby")) return;
    const room = board.rooms.get(to); // none: it went with its round while the pointer was on it
    const where = to === "lobby" ? t("the lobby") : room ? roomWithin(room) : to;
    host.moved.value = "";
    if (await host.ask(PLACE, "move", { attendee: id, room: to })) {
      host.moved.value = t("{name} was moved to {room}.", { name: nameOf(host.board.value, id), room: where });
    }
  };
  const open = host.line.value.now === "open";
  useLayoutEffect(() => {
    if (!open && drag.cancel()) host.moved.value = t("The connection was lost, so nobody was moved. The board is true again as soon as it is back.");
  }, [open]);
  return drag;
}

function nameTag(name) {
  const tag = document.createElement("div");
  tag.className = "person-chip";
  tag.textContent = name;
  return tag;
}

/** Whoever changed seats last may take it back for 30 s: shown where they look, with its countdown. */
function Undo({ host }) {
  return html`<${UndoButton} host=${host} look="wide" press=${() => host.ask("undo", "undo")} />
    <${Refusal} host=${host} place="undo" />`;
}

function Moved({ host }) {
  return html`<${Refusal} host=${host} place=${PLACE} />
    <p class=${host.moved.value ? "floor-moved" : "visually-hidden"} role="status">${host.moved.value}</p>
    <${Undo} host=${host} />`;
}

function Legend({ sound }) {
  const kinds = [["here", t("here")], ...(sound ? [["no-camera", t("no camera")]] : []),
    ["dropped", t("reconnecting")], ["not-here-yet", t("not here yet")]];
  return html`<ul class="legend" aria-label=${t("What the dots say")}>${kinds.map(([state, words]) => html`<li key=${state}>
    <${Dot} id="legend" name="" size=${18} state=${state} letter=${false} />${words}</li>`)}</ul>`;
}

function floorTitle(all, shown) {
  if (!all) return t("Nobody is seated now");
  const rooms = tn("{n} room", "{n} rooms", all);
  return shown < all ? t("{shown} of {rooms}", { shown: number(shown), rooms }) : rooms;
}

function Tables({ host, shown, sought, event, calls, sound, drag }) {
  const list = useRef(null);
  const [last, setLast] = useState(null);
  const stop = shown.some(({ room }) => room.id === last) ? last : shown[0]?.room.id;
  const pressed = (press) => {
    const id = press.target.closest("button[data-room]")?.dataset.room;
    if (id && !drag.justDragged()) host.show({ kind: "room", id });
  };
  const walk = (press) => {
    const to = nextTable(list.current, press);
    if (!to) return;
    press.preventDefault();
    setLast(to.dataset.room);
    to.focus();
  };
  const many = shown.length >= MANY;
  const named = shown.length <= NAMED_MOST;
  return html`<ul class=${many ? "tables many" : named ? "tables named" : "tables"} ref=${list} onClick=${pressed} onKeyDown=${walk}
      aria-label=${t("Rooms; the arrow keys go from one to the next")}>
    ${shown.map(({ room, kind }) => html`<${Table} key=${room.id} room=${room} kind=${kind} sought=${sought}
      calledAt=${kind === "calls" ? calls.find((call) => call.room === room.id && call.answered == null)?.at ?? null : null}
      own=${event.phase === "round" && !room.ended && event.ends_at != null && Math.abs(room.ends_at - event.ends_at) >= 1000}
      running=${event.phase === "round"} zone=${event.time_zone} stop=${room.id === stop} size=${many ? 76 : 96} named=${named} now=${host.now} sound=${sound} />`)}
  </ul>`;
}

function Table({ room, kind, sought, calledAt, own, running, zone, stop, size, named, now, sound }) {
  return useMemo(() => {
    const found = sought ? room.people.filter((seat) => nameMatches(seat.name, sought)) : [];
    const caption = room.ended ? t("ended") : standOutWords(kind, room)
      || (own ? t("until {time}", { time: timeOfDay(room.ends_at, zone) }) : "")
      || (room.mode === "mixed" ? t("mixed") : "");
    const seats = (running ? room.people.map(assumedHere) : room.people)
      .map((seat) => (hasNoCamera({ sound }, seat) ? { ...seat, state: "no-camera" } : seat));
    return html`<li title=${room.people.map((seat) => seat.name).join("\n")}>
      <button type="button" class=${["table", kind && `table-${kind}`, room.ended && "table-ended"].filter(Boolean).join(" ")}
        data-room=${room.id} tabindex=${stop ? 0 : -1} aria-label=${roomAloud(room, kind)}>
        <${RoundTable} people=${seats} label=${roomSign(room)} onSite=${room.mode === "on-site" || room.table != null} mixed=${room.mode === "mixed"} size=${size} />
        ${caption && html`<span class="table-caption" aria-hidden="true">${caption}${calledAt ? html` · <${Since} at=${calledAt} now=${now} />` : ""}</span>`}
        ${named && html`<span class="table-names second" aria-hidden="true">${room.people.map((seat) => html`<bdi key=${seat.id} class=${found.includes(seat) ? "table-found" : null}>${seat.name}</bdi>`)}</span>`}
        ${found.length > 0 && !named && html`<span class="table-found" aria-hidden="true">${found.map((seat) => seat.name).join(", ")}</span>`}
      </button>
    </li>`;
  }, [room, kind, sought, calledAt, own, running, zone, stop, size, named, sound]);
}

/** On site nobody has to say that they arrived: once the round runs, those expected count as there. */
function assumedHere(seat) {
  return seat.state === "expected" ? { ...seat, state: "here" } : seat;
}

function Since({ at, now }) {
  return html`<span class="figures">${clockText(Math.max(0, now.value - at))}</span>`;
}

function nextTable(list, press) {
  const tables = [...list.querySelectorAll("button[data-room]")];
  const at = tables.indexOf(press.target.closest("button[data-room]"));
  if (at < 0 || press.altKey || press.ctrlKey || press.metaKey) return null;
  const columns = tables.filter((table) => table.parentElement.offsetTop === tables[0].parentElement.offsetTop).length;
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
  if (press.key === "Home") return tables[0];
  if (press.key === "End") return tables.at(-1);
  return press.key in steps ? tables[at + steps[press.key]] ?? null : null;
}

function Waiting({ host, seated, drag }) {
  const { pool, event } = host.board.value;
  const waiting = pool?.waiting ?? [];
  if (!pool) return null;
  if (!waiting.length) {
    return seated ? null : html`<p class="floor-empty">${emptyWords(event.phase)}</p>`;
  }
  return html`<section class="waiting" aria-labelledby="waiting-title" data-room="lobby">
    <h2 id="waiting-title">${seated ? t("Without a room now") : t("In the lobby")}</h2>
    <${People} host=${host} seats=${waiting} drag=${drag} />
    ${waiting.length >= WAITING_MOST && html`<p class="second">${t("Only the first {n} are shown; find others by name.", { n: number(WAITING_MOST) })}</p>`}
  </section>`;
}

function emptyWords(phase) {
  if (phase === "draft") {
    return t("Nobody is here yet. Doors are still closed; people who have a link can already wait here.");
  }
  if (phase === "ended") return t("Everybody has gone home.");
  return t("Nobody is in the lobby yet. Pass on the open link, or wait a little.");
}

function Found({ host, sought, drag }) {
  const { people, rooms } = host.board.value;
  const seated = new Set([...rooms.values()].flatMap((room) => room.people.map((seat) => seat.id)));
  const found = [...people.values()].filter((seat) => !seated.has(seat.id) && nameMatches(seat.name, sought));
  if (!found.length) return null;
  return html`<section class="waiting" aria-labelledby="found-title">
    <h2 id="found-title">${t("Not in a room")}</h2>
    <${People} host=${host} seats=${found.slice(0, FOUND_MOST)} drag=${drag} />
    ${found.length > FOUND_MOST && html`<p class="second">${t("and {n} more", { n: number(found.length - FOUND_MOST) })}</p>`}
  </section>`;
}

function People({ host, seats, drag }) {
  const { phase } = host.board.value.event;
  return html`<ul class="people-chips">${seats.map((seat) => html`<li key=${seat.id}>
    <button type="button" class="person-chip" data-person=${seat.id}
      onClick=${() => { if (!drag.justDragged()) host.show({ kind: "person", id: seat.id }); }}>
      <${Dot} id=${seat.id} name=${seat.name} size=${28} state=${seat.state === "dropped" ? "dropped" : "here"} />
      <span><bdi>${seat.name}</bdi>${chipWords(seat, phase) && html`<span class="second">${chipWords(seat, phase)}</span>`}</span>
    </button></li>`)}</ul>`;
}

function chipWords(seat, phase) {
  const where = seat.mode === "on-site" ? t("on site") : "";
  return [where, waitingWords(seat, phase)].filter(Boolean).join(" · ");
}
