// The sheets a host opens: a room, a person, people and check-in, moving, merging, removing,
// announcing, and the confirmations of what cannot be taken back.

import { Dot } from "../circle.js";
import { clockText, left } from "../clock.js";
import { Icon } from "../icons.js";
import { html, useState } from "../view.js";
import { list, number, t, timeOfDay, tn } from "../words.js";
import { folded, hasNoCamera, inOrder, isCheckedIn, nameMatches, nameOf, roomMatches, roomOf, seatOf } from "./board.js";
import { announcePanel } from "./announcing.js";
import { programmePanel } from "./programme.js";
import { proposalPanel } from "./proposal.js";
import { paperPanel } from "./paper.js";
import { rehearsalPanel } from "./rehearsal.js";
import { Refusal } from "./refusal.js";
import { Say } from "./saying.js";
import { personWords, phaseTitle, places, roomName, roomSign, roomWithin, seatWords } from "./sentences.js";
import { Sheet } from "./sheet.js";
import { Visit } from "./visit.js";

const PEOPLE_SHOWN = 60;
const ROOMS_SHOWN = 60;

/** Shows the sheet on top, if one is open. */
export function Panels({ host }) {
  const sheets = host.sheets.value;
  const sheet = sheets.at(-1);
  if (!sheet) return null;
  const panel = PANELS[sheet.kind](host, sheet);
  return html`<${Sheet} key="sheet" title=${panel.title} second=${panel.second} small=${panel.small} wide=${panel.wide}
    step=${`${sheets.length}-${sheet.kind}-${sheet.id ?? ""}`} onClose=${host.hide}
    onBack=${sheets.length > 1 ? host.back : null}>${panel.body}</${Sheet}>`;
}

const PANELS = {
  room: roomPanel,
  person: personPanel,
  people: peoplePanel,
  move: movePanel,
  merge: mergePanel,
  remove: removePanel,
  announce: announcePanel,
  join: joinPanel,
  "end-room": endRoomPanel,
  "end-round": endRoundPanel,
  close: closePanel,
  programme: programmePanel,
  proposal: proposalPanel,
  paper: paperPanel,
  rehearsal: rehearsalPanel,
};

function roomPanel(host, { id }) {
  const board = host.board.value;
  const room = board.rooms.get(id);
  if (!room) return { title: t("This room is over"), body: html`<p>${t("Its people are in their next room, or in the lobby.")}</p>` };
  const place = `room-${id}`;
  const endless = board.event.ends_at == null && board.event.round === room.round;
  const helper = board.you?.role === "helper";
  const until = endless ? t("open until you end it") : t("until {time}", { time: timeOfDay(room.ends_at, board.event.time_zone) });
  const people = tn("{n} person", "{n} people", room.people.length);
  return {
    title: roomName(room),
    second: room.ended ? t("ended") : `${people} · ${until}`,
    body: html`
      ${!room.ended && !endless && html`<p class="room-clock"><${RoomClock} host=${host} room=${room} /></p>`}
      ${room.mode === "mixed" && html`<p class="second">${t("People on site and online share this table.")}</p>`}
      ${room.station_away && html`<p class="strained">${t("Its station is not connected: neither side hears the other.")}</p>`}
      ${room.topic && html`<p>${t("They talk about “{topic}”.", { topic: room.topic })}</p>`}
      <ul class="people-rows">${room.people.map((seat) => html`<${PersonRow} key=${seat.id} host=${host} seat=${seat} />`)}</ul>
      <${Refusal} host=${host} place=${place} />
      <${Visit} host=${host} room=${room} place=${place} />
      ${!room.ended && helper && html`<div class="buttons sheet-actions">
        <button type="button" class="button" onClick=${() => host.show({ kind: "announce", rooms: [id] })}><${Icon} name="megaphone" />${t("Announce here…")}</button>
      </div>`}
      ${!room.ended && !helper && html`<div class="buttons sheet-actions">
        <button type="button" class="button" onClick=${() => host.ask(place, "extend", { seconds: 60, room: id })}>${t("+1 min for this room")}</button>
        <button type="button" class="button" onClick=${() => host.ask(place, "extend", { seconds: -60, room: id })}>${t("−1 min for this room")}</button>
        <button type="button" class="button" onClick=${() => host.show({ kind: "announce", rooms: [id] })}><${Icon} name="megaphone" />${t("Announce here…")}</button>
        <button type="button" class="button" onClick=${() => host.show({ kind: "merge", id })}><${Icon} name="merge" />${t("Merge into…")}</button>
        <button type="button" class="button" onClick=${() => host.show({ kind: "end-room", id })}>${t("End this room…")}</button>
      </div>`}`,
  };
}

function RoomClock({ host, room }) {
  const { event } = host.board.value;
  const to = host.now.value < room.starts_at ? room.starts_at : room.ends_at;
  return html`<span class="figures">${clockText(left(to, host.now.value, event.paused))}</span>`;
}

function PersonRow({ host, seat }) {
  const board = host.board.value;
  const muted = board.sound && seat.mode !== "on-site" && seat.state === "here" && !seat.microphone;
  const words = [seat.mode === "on-site" ? t("on site") : "", seatWords(seat.state),
    hasNoCamera(board, seat) ? seatWords("no-camera") : "", muted ? t("microphone off") : ""].filter(Boolean).join(" · ");
  const helper = host.board.value.you?.role === "helper";
  return html`<li class="person-row">
    <${Dot} id=${seat.id} name=${seat.name} size=${40} state=${seat.state === "dropped" || seat.state === "not-here-yet" ? "dropped" : "here"} />
    <span class="grow"><bdi class="strong">${seat.name}</bdi>${words && html`<span class="second">${words}</span>`}</span>
    ${!helper && html`<button type="button" class="button" onClick=${() => host.show({ kind: "move", id: seat.id })} aria-label=${t("Move {name}", { name: seat.name })}>${t("Move…")}</button>`}
    <button type="button" class="button plain icon-only" onClick=${() => host.show({ kind: "person", id: seat.id })} aria-label=${t("More about {name}", { name: seat.name })}><${Icon} name="ellipsis" /></button>
  </li>`;
}

function whereWords(board, seat) {
  const room = roomOf(board, seat.id);
  return room ? roomName(room) : "";
}

function personPanel(host, { id }) {
  const board = host.board.value;
  const seat = seatOf(board, id);
  if (!seat) return { title: t("Nobody by that name now"), body: "" };
  const place = `person-${id}`;
  const room = roomOf(board, id);
  const helper = board.you?.role === "helper";
  const out = seat.state === "removed" || seat.state === "waits-for-yes";
  return {
    title: seat.name,
    second: personWords(seat, places(board)),
    body: html`
      <${Refusal} host=${host} place=${place} />
      <div class="stack tight">
        ${helper ? seat.mode === "on-site" && !out && html`<${CheckButton} host=${host} place=${place} seat=${seat} />`
        : out ? html`<button type="button" class="button" onClick=${() => host.ask(place, "readmit", { attendee: id })}><${Icon} name="user-check" />${t("Let in")}</button>` : html`
          ${seat.mode === "on-site" && html`<${CheckButton} host=${host} place=${place} seat=${seat} />`}
          ${room && html`<button type="button" class="button" onClick=${() => host.show({ kind: "room", id: room.id })}>${t("Look at {room}", { room: roomWithin(room) })}</button>`}
          <button type="button" class="button" onClick=${() => host.show({ kind: "move", id })}><${Icon} name="move" />${t("Move…")}</button>
          <button type="button" class="button" onClick=${() => host.show({ kind: "remove", id })}><${Icon} name="user-x" />${t("Remove…")}</button>`}
      </div>`,
  };
}

function CheckButton({ host, place, seat, small = false }) {
  const there = isCheckedIn(host.board.value, seat.id);
  return html`<button type="button" class=${there ? "button" : "button said-yes"}
    onClick=${() => host.ask(place, there ? "check-out" : "check-in", { attendee: seat.id })}
    aria-label=${small ? (there ? t("Check out {name}", { name: seat.name }) : t("Check in {name}", { name: seat.name })) : null}>
    ${there ? t("Check out") : t("Check in")}</button>`;
}

function peoplePanel(host) {
  return {
    title: t("People"),
    second: tn("{n} person on the list", "{n} people on the list", host.board.value.people.size),
    body: html`<${PeopleList} host=${host} />`,
  };
}

function PeopleList({ host }) {
  const [text, setText] = useState("");
  const [onSite, setOnSite] = useState(false);
  const board = host.board.value;
  const sought = folded(text);
  const where = places(board);
  const found = [...board.people.values()]
    .filter((seat) => (!onSite || seat.mode === "on-site") && (!sought || nameMatches(seat.name, sought)));
  const shown = found.slice(0, PEOPLE_SHOWN);
  return html`
    <label class="search"><${Icon} name="search" /><input class="input" type="search" data-first value=${text} placeholder=${t("Find a person")}
      aria-label=${t("Find a person")} onInput=${(event) => setText(event.target.value)} /></label>
    <label class="check"><input type="checkbox" checked=${onSite} onChange=${(event) => setOnSite(event.target.checked)} /><span>${t("Only people on site (check-in)")}</span></label>
    <p class="visually-hidden" role="status">${t("{n} found", { n: number(found.length) })}</p>
    <${Refusal} host=${host} place="people" />
    <ul class="people-rows">${shown.map((seat) => html`<li class="person-row" key=${seat.id}>
      <${Dot} id=${seat.id} name=${seat.name} size=${36} state=${seat.state === "dropped" ? "dropped" : "here"} />
      <span class="grow"><bdi class="strong">${seat.name}</bdi>
        <span class="second">${personWords(seat, where)}</span></span>
      ${seat.mode === "on-site" && html`<${CheckButton} host=${host} place="people" seat=${seat} small=${true} />`}
      <button type="button" class="button plain icon-only" onClick=${() => host.show({ kind: "person", id: seat.id })} aria-label=${t("More about {name}", { name: seat.name })}><${Icon} name="ellipsis" /></button>
    </li>`)}</ul>
    ${found.length === 0 && html`<p class="second">${t("Nobody by that name.")}</p>`}
    ${found.length > shown.length && html`<p class="second">${t("and {n} more: write more of the name", { n: number(found.length - shown.length) })}</p>`}`;
}

function movePanel(host, { id }) {
  const board = host.board.value;
  return {
    title: t("Move {name} to…", { name: nameOf(board, id) }),
    second: whereWords(board, { id }),
    body: html`<${ChooseRoom} host=${host} place=${`move-${id}`} except=${roomOf(board, id)?.id ?? null}
      lobby=${Boolean(roomOf(board, id))} choose=${async (room) => {
        if (await host.ask(`move-${id}`, "move", { attendee: id, room })) host.back();
      }} />`,
  };
}

function mergePanel(host, { id }) {
  const board = host.board.value;
  const room = board.rooms.get(id);
  if (!room) return roomPanel(host, { id });
  return {
    title: t("Merge {room} into…", { room: roomWithin(room) }),
    second: room.people.length ? list(room.people.map((seat) => seat.name)) : "",
    body: html`<${ChooseRoom} host=${host} place=${`merge-${id}`} except=${id} lobby=${false} choose=${async (into) => {
      if (await host.ask(`merge-${id}`, "merge", { room: id, into })) host.hide();
    }} />`,
  };
}

function ChooseRoom({ host, place, except, lobby, choose }) {
  const [text, setText] = useState("");
  const sought = folded(text);
  const rooms = inOrder(host.board.value.rooms).filter((room) => !room.ended && room.id !== except
    && roomMatches(room, roomSign(room), sought));
  const shown = rooms.slice(0, ROOMS_SHOWN);
  return html`
    <label class="search"><${Icon} name="search" /><input class="input" type="search" data-first value=${text} placeholder=${t("Find a person or room")}
      aria-label=${t("Find a person or room")} onInput=${(event) => setText(event.target.value)} /></label>
    <${Refusal} host=${host} place=${place} />
    <ul class="room-choices">
      ${lobby && html`<li key="lobby"><button type="button" class="room-choice" onClick=${() => choose("lobby")}>
        <span class="room-sign"><${Icon} name="armchair" /></span><span><span class="strong">${t("The lobby")}</span><span class="second">${t("until the next round")}</span></span></button></li>`}
      ${shown.map((room) => html`<li key=${room.id}><button type="button" class="room-choice" onClick=${() => choose(room.id)}>
        <span class=${room.table != null ? "room-sign on-site" : "room-sign"} aria-hidden="true">${roomSign(room)}</span>
        <span><span class="strong">${roomName(room)}</span><span class="second">${room.people.length ? list(room.people.map((seat) => seat.name)) : t("nobody")}</span></span></button></li>`)}
    </ul>
    ${rooms.length === 0 && html`<p class="second">${t("No other room is open.")}</p>`}
    ${rooms.length > shown.length && html`<p class="second">${t("and {n} more: write a name or a number", { n: number(rooms.length - shown.length) })}</p>`}`;
}

function removePanel(host, { id }) {
  const name = nameOf(host.board.value, id);
  return {
    title: t("Remove {name}?", { name }),
    small: true,
    body: html`<${Say} host=${host} place=${`remove-${id}`} label=${t("Why? Only hosts and the organiser read it.")} required=${false}
      before=${t("They leave at once and come back only with a host's yes. The others read that they were moved.")}
      action=${t("Remove {name}", { name })} grave=${true}
      send=${(reason) => host.ask(`remove-${id}`, "remove", { attendee: id, reason })} />`,
  };
}

function joinPanel(host) {
  return {
    title: t("The event's open link"),
    small: true,
    body: html`<p>${t("Whoever has it gives a name and is in.")}</p>
      <input class="input" readonly value=${host.joinUrl} aria-label=${t("Open link")} data-first onFocus=${(event) => event.target.select()} />
      <div class="buttons even"><${CopyButton} text=${host.joinUrl} /></div>`,
  };
}

function CopyButton({ text }) {
  const [done, setDone] = useState(false);
  const copy = () => navigator.clipboard?.writeText(text).then(() => setDone(true), () => setDone(false));
  return html`<button type="button" class="button" onClick=${copy}><${Icon} name=${done ? "check" : "copy"} />${done ? t("Copied") : t("Copy")}</button>`;
}

function Sure({ host, place, words, action, send }) {
  const go = async () => {
    if (await send()) host.hide();
  };
  return html`<div class="stack"><p>${words}</p><${Refusal} host=${host} place=${place} />
    <div class="buttons even"><button type="button" class="button" data-first onClick=${host.back}>${t("Cancel")}</button>
      <button type="button" class="button grave" onClick=${go}>${action}</button></div></div>`;
}

function endRoomPanel(host, { id }) {
  const room = host.board.value.rooms.get(id);
  if (!room) return roomPanel(host, { id });
  return {
    title: t("End {room}?", { room: roomWithin(room) }),
    small: true,
    body: html`<${Sure} host=${host} place=${`end-${id}`} words=${t("Its people go to the lobby until the next round. The other rooms go on.")}
      action=${t("End {room}", { room: roomWithin(room) })} send=${() => host.ask(`end-${id}`, "end-round", { room: id })} />`,
  };
}

function endRoundPanel(host) {
  const { event } = host.board.value;
  return {
    title: t("End round {n} for everybody?", { n: event.round }),
    small: true,
    body: html`<div class="stack"><p><${StillLeft} host=${host} /></p><${Sure} host=${host} place="end-round" words=${t("People come back from their rooms at once.")}
      action=${t("End round {n}", { n: event.round })} send=${() => host.ask("end-round", "end-round")} /></div>`,
  };
}

function StillLeft({ host }) {
  const { event } = host.board.value;
  if (event.ends_at == null) return html`<span class="strong">${t("The floor is open until you end it.")}</span>`;
  return html`<span class="strong">${t("{time} would be left.", { time: clockText(left(event.ends_at, host.now.value, event.paused)) })}</span>`;
}

function closePanel(host) {
  const { event } = host.board.value;
  return {
    title: t("Close the event?"),
    second: phaseTitle(event),
    small: true,
    body: html`<${Sure} host=${host} place="close" words=${t("It ends for everybody in 30 seconds; until then you can take it back. They keep their contacts and can still say yes for 14 days; nobody can come back to a room.")}
      action=${t("Close the event")} send=${() => host.ask("close", "close-event")} />`,
  };
}
