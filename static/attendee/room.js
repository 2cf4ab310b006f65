/** The room: the people at the table, what they share, the talk, and the few things one can do. */
import { Dot } from "../circle.js";
import { Icon } from "../icons.js";
import { isAlone, others, stateOf, wishKey } from "../state.js";
import { html, useState } from "../view.js";
import { t } from "../words.js";
import { Chat } from "./chat.js";
import { KeepButton } from "./keep.js";
import { later } from "./later.js";
import { Action, Cross, Left, More, Name, Person, Say, roundWords, timeLeft } from "./pieces.js";
import { Why } from "./preview.js";
import { ask, now, sheet, state } from "./session.js";
import { styles } from "./sheeted.js";
import { Starter, speaksInTurn } from "./starters.js";
import { Switches, isAtTable, isCompanion } from "./switches.js";
import { Tiles } from "./tiles.js";
import { modeWords, workWords } from "./wording.js";

/** The room during its round. */
export function RoomView() {
  const { room, event, you } = state.value;
  const onSite = isAtTable(room, you);
  const inTurn = speaksInTurn.value;
  return html`<main id="main" class=${`room${inTurn ? " in-turn" : ""}`} tabindex="-1">
    <h1 class="visually-hidden">${onSite ? t("Table {table}", { table: room.table }) : t("Your room")}, ${roundWords(event)}</h1>
    <div class="room-stage">
      <${Standing} />
      ${inTurn && html`<${Starter} />`}
      ${onSite ? html`<${Table} />` : html`<${Tiles} />`}
      ${speaks(room) && html`<${Captions} />`}
    </div>
    <aside class="room-side">
      <div class="room-why stack" tabindex="0" role="group" aria-label=${t("To talk about")}>
        <${Topic} />
        ${!inTurn && html`<${Starter} />`}
        <${Why} brief=${true} />
      </div>
      <${Chat} room=${room.id} title=${t("Chat in the room")} hint=${t("Write to the room")}
        empty=${t("What is written here stays among you.")} />
    </aside>
    <${Controls} />
  </main>`;
}

const Captions = later(
  () => Promise.all([import("./captions.js"), styles("captions")]).then(([{ Captions }]) => Captions),
  { rest: false },
);

/** Captions are for rooms that carry voices; in a practice nobody else speaks. */
function speaks(room) {
  const { media, you } = state.value;
  return media.policy !== "none" && !room.practice && !isCompanion(room, you);
}

/** What needs a word right now: alone, not here yet, somebody joining, the last minute, a call. */
function Standing() {
  const { room, you } = state.value;
  return html`<div class="standing">
    ${
      stateOf(state.value, you.id) === "not-here-yet" &&
      html`<div class="card attention row spread wrap">
      <p><strong>${t("The others see you as “not here yet”.")}</strong></p>
      <button type="button" class="button primary" onClick=${() => ask("here", { visible: true })}>${t("I'm here")}</button>
    </div>`
    }
    <${Visitors} />
    ${isAlone(state.value) && html`<${Alone} room=${room} />`}
    ${room.joining.map((item) => html`<${Joins} key=${item.card.id} item=${item} />`)}
    <${LastMinute} room=${room} />
    <${Calls} />
  </div>`;
}

/** From the tenth second of being alone one may choose (rule 11). */
const CHOICE_AFTER_MS = 10_000;

function Alone({ room }) {
  const until = room.moves_at;
  const may = now.value - room.alone_since >= CHOICE_AFTER_MS && !room.waits;
  return html`<section class="card soft stack tight alone" aria-labelledby="alone">
    <h2 id="alone" class="card-title">${t("Only you are here right now")}</h2>
    <p>
      ${
        room.waits
          ? t("We wait with you. If nobody comes back, we look for other people.")
          : until
            ? html`<${Say} sentence="In {time} we bring you to other people, if there is a table for you."
                values=${{ time: html`<${Left} until=${until} className="strong" />` }} />`
            : t("The others may come back in a moment.")
      }
    </p>
    ${
      may &&
      html`<div class="buttons even">
      <button type="button" class="button" onClick=${() => ask("wait")}>${t("Wait here")}</button>
      <button type="button" class="button primary" onClick=${() => ask("meet-others")}>${t("Meet others")}</button>
    </div>`
    }
  </section>`;
}

function Joins({ item }) {
  return html`<div class="card good row">
    <${Dot} id=${item.card.id} name=${item.card.name} size=${36} />
    <p>
      <${Say} sentence="{name} joins in {time}."
        values=${{
          name: html`<strong><${Name} card=${item.card} /></strong>`,
          time: html`<${Left} until=${item.at} />`,
        }} />
    </p>
  </div>`;
}

const LAST_MINUTE_MS = 60_000;

/** In the last minute each may quietly wish for more time (rule 9). */
function LastMinute({ room }) {
  const ms = timeLeft(room.ends_at);
  const from = Math.min(LAST_MINUTE_MS, (room.ends_at - room.starts_at) / 2);
  if (!room.more_time || ms > from || ms <= 0) return null;
  const wished = state.value.wished === wishKey(room);
  return html`<div class="card row spread wrap last-minute">
    ${
      wished
        ? html`<p>${t("Noted, quietly. If all of you wish for it, you get more time.")}</p>`
        : html`<p>${t("The last minute. Not done yet?")}</p>
          <${Action} icon="timer" onClick=${() => ask("wish-more-time")}>${t("Wish for more time")}<//>`
    }
  </div>`;
}

/** In which room each answer was first read, by call. */
const answeredIn = new Map();

/** One's latest call. An answer goes when it is put away, and does not follow into other rooms. */
function Calls() {
  const { calls, room, you } = state.value;
  const [putAway, setPutAway] = useState("");
  const call = calls.findLast((one) => one.from === you.id);
  if (!call || call.id === putAway) return null;
  if (call.answered && !answeredIn.has(call.id)) answeredIn.set(call.id, room.id);
  if (call.answered && answeredIn.get(call.id) !== room.id) return null;
  return html`<${CallState} key=${call.id} call=${call} putAway=${() => {
    answeredIn.set(call.id, "");
    setPutAway(call.id);
  }} />`;
}

/** How far one's call for a host has come. */
export function CallState({ call, putAway = null }) {
  if (call.answered) {
    return html`<div class="card good row">
      <div class="grow"><p class="strong">${t("The host answers")}</p><p><bdi>${call.answered}</bdi></p></div>
      ${putAway && html`<${Cross} word=${t("Put away")} onClick=${putAway} />`}
    </div>`;
  }
  return html`<div class="card attention row">
    <${Icon} name=${call.seen ? "check" : "bell"} />
    <p>${
      call.seen
        ? t("A host has seen your call and will come back to you.")
        : call.hosts_present
          ? t("You called the host. It is on their screen now.")
          : t("No host is at the desk right now. Your call stays there until one answers.")
    }</p>
  </div>`;
}

/** On site the phone is a companion: which table, who is there, the time. */
function Table() {
  const { room, you } = state.value;
  const arrived = stateOf(state.value, you.id) !== "expected";
  return html`<div class="on-site stack">
    <div class="on-site-table"><span class="second">${t("Table")}</span><strong class="figures">${room.table}</strong></div>
    ${!arrived && html`<${Action} icon="map-pin" className="primary" onClick=${() => ask("arrived")}>${t("I'm at the table")}<//>`}
    <ul class="card stack" aria-label=${t("People at this table")}>
      ${others(state.value).map((card) => html`<${TableMate} key=${card.id} card=${card} />`)}
    </ul>
  </div>`;
}

function TableMate({ card }) {
  const standing = stateOf(state.value, card.id);
  return html`<li class="table-mate">
    <${Person} card=${card} standing=${standing} sub=${[workWords(card), card.mode === "on-site" ? "" : modeWords(card)].filter(Boolean).join(" · ")}>
      <${More} card=${card} />
    <//>
    <div class="buttons">
      ${
        standing === "expected" &&
        html`<${Action} icon="map-pin" aria-label=${t("{name} is here", { name: card.name })} onClick=${() => ask("arrived", { about: card.id })}>${t("Is here")}<//>`
      }
      <${KeepButton} card=${card} />
    </div>
  </li>`;
}

function Topic() {
  const { topic } = state.value.room;
  if (!topic) return null;
  return html`<section class="card soft" aria-labelledby="topic">
    <h2 id="topic" class="second">${t("You talk about")}</h2>
    <p class="strong"><bdi>${topic}</bdi></p>
  </section>`;
}

/** Hosts who visit the room: everybody in it knows. */
function Visitors() {
  return (state.value.room.visitors ?? []).map(
    (card) => html`<div class="card row" key=${card.id}>
      <${Dot} id=${card.id} name=${card.name} size=${36} />
      <p><${Say} sentence="{name}, your host, is visiting this room." values=${{ name: html`<strong><${Name} card=${card} /></strong>` }} /></p>
    </div>`,
  );
}

/** On a phone the talk lies below the fold: how much of it is new, and the way there. */
function ToChat() {
  const { room, said, you } = state.value;
  const [seen, setSeen] = useState(0);
  const count = said.filter((entry) => entry.room === room.id && entry.from !== you.id).length;
  const go = () => {
    setSeen(count);
    document.getElementById("chat-text").focus();
  };
  return html`<${Action} icon="message-circle" className="control to-chat" onClick=${go}>
    <span>${t("Chat")}${count > seen && html` <span class="badge"><span class="visually-hidden">, ${t("new:")} </span>${count - seen}</span>`}</span>
  <//>`;
}

function Controls() {
  return html`<div class="controls" role="group" aria-label=${t("What you can do here")}>
    <${Switches} />
    <${ToChat} />
    ${
      state.value.event.kind === "open" &&
      html`<${Action} icon="move" className="control" onClick=${() => (sheet.value = { kind: "floor" })}>${t("Other rooms")}<//>`
    }
    <${Action} icon="id-card" className="control" onClick=${() => (sheet.value = { kind: "card", to: "room" })}>${t("Give card")}<//>
    <${Action} icon="bell" className="control" onClick=${() => (sheet.value = { kind: "call" })}>${t("Call host")}<//>
    <${Action} icon="log-out" className="control" onClick=${() => (sheet.value = { kind: "leave" })}>${t("Leave")}<//>
  </div>`;
}
