/** The open floor: rooms to choose from, who is in each, and an empty one to take. */
import { Dot } from "../circle.js";
import { html, useState } from "../view.js";
import { nameList, t } from "../words.js";
import { LobbyChat } from "./chat.js";
import { Action, Left, Say, roundWords } from "./pieces.js";
import { Sheet } from "./sheet.js";
import { ask, sheet, state } from "./session.js";

const PLACE = /^r\d+-(\d+)$/;

/** The floor as somebody sees it who is in no room now. */
export function FloorView() {
  const { event } = state.value;
  return html`<main id="main" class="panes" tabindex="-1">
    <div class="pane-main floor">
      <p class="second scene-line">${roundWords(event)}</p>
      <h1>${t("Choose where to sit")}</h1>
      <p><${UntilWords} /></p>
      <${Rooms} />
    </div>
    <${LobbyChat} />
  </main>`;
}

/** The other rooms, looked at from within one. */
export function FloorSheet() {
  return html`<${Sheet} title=${t("Other rooms")}>
    <p class="second">${t("Move on whenever you like: the others see that you left.")}</p>
    <${Rooms} />
    <${Action} icon="door-open" onClick=${() => go("lobby")}>${t("Back to the lobby")}<//>
  <//>`;
}

function UntilWords() {
  const { event } = state.value;
  if (event.ends_at === null) {
    return t("Sit down with whom you like and move on when you like. The floor is open until the host closes it.");
  }
  return html`<${Say} sentence="Sit down with whom you like and move on when you like. {time} left."
    values=${{ time: html`<${Left} until=${event.ends_at} className="strong" />` }} />`;
}

async function go(room) {
  if ((await ask("choose-room", { room })) && sheet.value?.kind === "floor") sheet.value = null;
}

/** From so many tables on, empty ones are chosen by their number. */
const TABLES_SHOWN = 6;

function Rooms() {
  const { floor, room, you } = state.value;
  const mine = Object.values(floor.rooms).filter((one) => one.mode === you.mode);
  const taken = mine.filter((one) => one.count > 0).sort(inOrder);
  const empty = mine.filter((one) => one.count === 0).sort(inOrder);
  return html`<ul class="floor-rooms" aria-label=${t("Rooms to choose from")}>
      ${taken.map((one) => html`<${FloorRoom} key=${one.id} one=${one} here=${one.id === room?.id} most=${floor.most} />`)}
      ${empty.slice(0, TABLES_SHOWN).map((one) => html`<${EmptyRoom} key=${one.id} one=${one} />`)}
    </ul>
    ${empty.length > TABLES_SHOWN && html`<${OtherTable} />`}`;
}

function inOrder(a, b) {
  return placeOf(a) - placeOf(b);
}

function placeOf(one) {
  return one.table ?? Number(PLACE.exec(one.id)?.[1] ?? 0);
}

function nameOf(one) {
  return one.table !== null && one.table !== undefined
    ? t("Table {table}", { table: one.table })
    : t("Room {number}", { number: placeOf(one) });
}

function FloorRoom({ one, here, most }) {
  const names = one.people.map((card) => card.name);
  const count = t("{count} of {most}", { count: one.count, most });
  return html`<li class=${`card floor-room${here ? " soft" : ""}`}>
    <div class="row spread">
      <h2 class="card-title">${nameOf(one)}</h2>
      <span class="second">${one.full ? t("full") : count}</span>
    </div>
    ${
      names.length > 0 &&
      html`<div class="floor-dots" aria-hidden="true">${one.people.map((card) => html`<${Dot} key=${card.id} id=${card.id} name=${card.name} size=${36} />`)}</div>
      <p class="floor-names"><bdi>${nameList(names)}</bdi></p>
      <${Common} people=${one.people} />`
    }
    ${
      here
        ? html`<p class="strong">${t("You are here")}</p>`
        : html`<${Action} icon="arrow-right" disabled=${one.full} aria-label=${t("Sit down: {room}, {people}", {
            room: nameOf(one),
            people: one.full ? t("full") : nameList(names),
          })} onClick=${() => go(one.id)}>${one.full ? t("Full now") : t("Sit down")}<//>`
    }
  </li>`;
}

/** What those in a room care about that you care about, too. */
function Common({ people }) {
  const mine = new Set((state.value.you.profile?.interests ?? []).map(folded));
  const shared = [...new Set(people.flatMap((card) => card.interests ?? []))].filter((word) => mine.has(folded(word)));
  if (!shared.length) return null;
  return html`<ul class="tags" aria-label=${t("What you share")}>${shared.slice(0, 4).map((word) => html`<li class="tag shared" key=${word}><bdi>${word}</bdi></li>`)}</ul>`;
}

function folded(word) {
  return word.normalize("NFKC").toLowerCase().trim();
}

function EmptyRoom({ one }) {
  const name = one.table ? t("Table {table}, empty", { table: one.table }) : t("An empty room");
  return html`<li class="card floor-room untaken">
    <h2 class="card-title">${name}</h2>
    <p class="second">${t("Sit down, and others can join you.")}</p>
    <${Action} icon="plus" aria-label=${t("Take it: {room}", { room: name })} onClick=${() => go(one.id)}>${t("Take it")}<//>
  </li>`;
}

function OtherTable() {
  const [number, setNumber] = useState("");
  const sit = (event) => {
    event.preventDefault();
    if (Number(number) > 0) go(`table-${Number(number)}`);
  };
  return html`<form class="row floor-table" onSubmit=${sit}>
    <label class="grow">${t("Another table, by its number")}
      <input class="input" inputmode="numeric" pattern="[0-9]*" value=${number} onInput=${(event) => setNumber(event.target.value)} />
    </label>
    <${Action} type="submit" icon="map-pin">${t("Sit down")}<//>
  </form>`;
}

