// What waits for a host: calls with their answer, reports, people at the door, people left alone.

import { Icon } from "../icons.js";
import { html, useState } from "../view.js";
import { number, t } from "../words.js";
import { listensAt, nameOf, needs } from "./board.js";
import { Refusal } from "./refusal.js";
import { ago, roomName, roomWithin } from "./sentences.js";

export function Needs({ host }) {
  const board = host.board.value;
  const waiting = needs(board, listensAt(board, host.looked.value), host.seenTo.value);
  return html`<section class="needs" aria-labelledby="needs-title">
    <h2 id="needs-title">${t("Needs you")}</h2>
    ${waiting.length === 0 && html`<p class="second">${t("Nothing now. Calls from rooms appear here.")}</p>`}
    <ul class="need-list">${waiting.map((need) => {
      const View = VIEWS[need.kind];
      return html`<li key=${need.key}><${View} host=${host} need=${need} board=${board} /></li>`;
    })}</ul>
  </section>`;
}

const VIEWS = {
  call: CallNeed, report: ReportNeed, alone: AloneNeed, yes: YesNeed, station: StationNeed,
  silent: SilentNeed, "silent-many": ManySilentNeed,
};

function CallNeed({ host, need: { call, key }, board }) {
  const [text, setText] = useState("");
  const who = nameOf(board, call.from);
  const room = call.room ? board.rooms.get(call.room) : null;
  const answer = (event) => {
    event.preventDefault();
    host.ask(key, "answer-call", { call: call.id, text: text.trim() });
  };
  return html`<article class="need card attention">
    <h3>${room ? t("{room} calls", { room: roomName(room) }) : t("{name} calls", { name: who })}</h3>
    <p>${call.text ? html`<q>${call.text}</q>` : t("No words, just the call.")}</p>
    <p class="second">${room && html`<bdi>${who}</bdi> · `}<${Ago} host=${host} at=${call.at} /></p>
    <form class="answer" onSubmit=${answer}>
      <label class="visually-hidden" for=${`${key}-text`}>${t("Answer to {name}", { name: who })}</label>
      <input class="input" id=${`${key}-text`} maxlength="2000" value=${text} placeholder=${t("On my way…")}
        onInput=${(event) => setText(event.target.value)} />
      <div class="buttons even">
        ${room && html`<button type="button" class="button" onClick=${() => host.show({ kind: "room", id: room.id })}>${t("Look")}</button>`}
        <button type="submit" class="button">${t("Answer")}</button>
      </div>
    </form>
    <${Refusal} host=${host} place=${key} />
  </article>`;
}

function ReportNeed({ host, need: { report, key }, board }) {
  const about = nameOf(board, report.about);
  return html`<article class="need card attention">
    <h3>${t("{a} reports {b}", { a: nameOf(board, report.by), b: about })}</h3>
    ${report.text && html`<p><q>${report.text}</q></p>`}
    <p class="second"><${Ago} host=${host} at=${report.at} /> · ${t("only hosts and the organiser see this")}</p>
    <div class="buttons even">
      <button type="button" class="button" onClick=${() => host.show({ kind: "person", id: report.about })}>${t("Look")}</button>
      <button type="button" class="button" onClick=${() => host.markSeenTo(key)}>${t("Seen to")}</button>
    </div>
  </article>`;
}

function AloneNeed({ host, need: { room }, board }) {
  return html`<article class="need card soft">
    <h3>${t("{name} is alone in {room}", { name: nameOf(board, room.alone), room: roomWithin(room) })}</h3>
    <p class="second">${t("They may wait or meet others; after 20 s they are moved by themselves.")}</p>
    <div class="buttons even">
      <button type="button" class="button" onClick=${() => host.show({ kind: "room", id: room.id })}>${t("Look")}</button>
      <button type="button" class="button" onClick=${() => host.show({ kind: "move", id: room.alone })}>${t("Move…")}</button>
    </div>
  </article>`;
}

function StationNeed({ host, need: { room } }) {
  return html`<article class="need card soft">
    <h3>${t("The station of {room} is away", { room: roomWithin(room) })}</h3>
    <p class="second">${t("People there and those online do not hear each other until it is back.")}</p>
    <div class="buttons"><button type="button" class="button" onClick=${() => host.show({ kind: "room", id: room.id })}>${t("Look")}</button></div>
  </article>`;
}

function SilentNeed({ host, need: { room, key } }) {
  return html`<article class="need card soft">
    <h3>${t("{room} is silent", { room: roomName(room) })}</h3>
    <p class="second">${t("For a minute all microphones have been off and nobody wrote.")}</p>
    <div class="buttons even">
      <button type="button" class="button" onClick=${() => host.show({ kind: "room", id: room.id })}>${t("Look")}</button>
      <button type="button" class="button" onClick=${() => host.markSeenTo(key)}>${t("Seen to")}</button>
    </div>
  </article>`;
}

function ManySilentNeed({ host, need: { count, key } }) {
  return html`<article class="need card soft">
    <h3>${t("{n} rooms are silent", { n: number(count) })}</h3>
    <p class="second">${t("For a minute all microphones have been off and nobody wrote.")}</p>
    <div class="buttons even">
      <button type="button" class="button" onClick=${() => { host.onlyAttention.value = true; }}>${t("Show them")}</button>
      <button type="button" class="button" onClick=${() => host.markSeenTo(key)}>${t("Seen to")}</button>
    </div>
  </article>`;
}

function YesNeed({ host, need: { seat, key } }) {
  return html`<article class="need card attention">
    <h3>${t("{name} waits for your yes", { name: seat.name })}</h3>
    <p class="second">${t("They came by the open link after somebody was removed, or were removed themselves.")}</p>
    <div class="buttons even">
      <button type="button" class="button" onClick=${() => host.ask(key, "readmit", { attendee: seat.id })}>
        <${Icon} name="user-check" />${t("Let in")}</button>
      <button type="button" class="button" onClick=${() => host.show({ kind: "remove", id: seat.id })}>${t("Turn away…")}</button>
    </div>
    <${Refusal} host=${host} place=${key} />
  </article>`;
}

function Ago({ host, at }) {
  return html`<time datetime=${new Date(at).toISOString()}>${ago(at, host.now.value)}</time>`;
}
