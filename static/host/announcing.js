// Announcing: to everybody, or to the rooms that are ticked.

import { html, useState } from "../view.js";
import { t, tn } from "../words.js";
import { inOrder } from "./board.js";
import { Say } from "./saying.js";
import { roomName, roomSign, roomWithin } from "./sentences.js";

const PLACE = "announce";

/** Returns the sheet; `rooms` are those ticked to begin with, null: everybody is meant. */
export function announcePanel(host, { rooms }) {
  const board = host.board.value;
  const only = rooms?.length === 1 ? board.rooms.get(rooms[0]) : null;
  const title = only ? t("Announce to {room}", { room: roomWithin(only) })
    : t("Announce");
  return { title, small: true, body: html`<${Announce} host=${host} rooms=${rooms} />` };
}

function Announce({ host, rooms }) {
  const board = host.board.value;
  const [some, choose] = useState(rooms !== null);
  const [ticked, setTicked] = useState(new Set(rooms ?? []));
  const running = inOrder(board.rooms).filter((room) => !room.ended);
  const meant = running.filter((room) => ticked.has(room.id));
  const people = some
    ? new Set(meant.flatMap((room) => room.people.map((seat) => seat.id))).size : board.pool?.present ?? 0;
  const tick = (id) => {
    const next = new Set(ticked);
    if (!next.delete(id)) next.add(id);
    setTicked(next);
  };
  const send = (text) => host.ask(PLACE, "announce", some ? { text, rooms: meant.map((room) => room.id) } : { text });
  return html`<${Say} host=${host} place=${PLACE} label=${t("What should they read?")} required=${true}
      ready=${!some || meant.length > 0} action=${t("Announce")} send=${send}>
    ${running.length > 0 && html`<fieldset class="whom">
      <legend>${t("Who should read it?")}</legend>
      <label class="check"><input type="radio" name="whom" checked=${!some} onChange=${() => choose(false)} /><span>${t("Everybody")}</span></label>
      <label class="check"><input type="radio" name="whom" checked=${some} onChange=${() => choose(true)} /><span>${t("Some rooms")}</span></label>
      ${some && html`<div class="room-ticks" role="group" aria-label=${t("Rooms")}>${running.map((room) => html`<label key=${room.id} class="room-tick">
        <input type="checkbox" checked=${ticked.has(room.id)} onChange=${() => tick(room.id)} aria-label=${roomName(room)} /><span aria-hidden="true">${roomSign(room)}</span></label>`)}</div>`}
    </fieldset>`}
    <p class="second" role="status">${some && !meant.length ? t("Tick the rooms.") : tn("Meant for {n} person.", "Meant for {n} people.", people)}</p>
  </${Say}>`;
}
