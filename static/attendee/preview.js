/** The seconds before a round: who you are about to meet, why, and where to go. */
import { Dot } from "../circle.js";
import { Icon } from "../icons.js";
import { html } from "../view.js";
import { others, stateOf } from "../state.js";
import { t } from "../words.js";
import { media } from "./calling.js";
import { choices } from "./calling-back.js";
import { Action, LeftRing, Person, Tags, roundWords } from "./pieces.js";
import { ask, now, state } from "./session.js";
import { Switches, isAtTable, isCompanion } from "./switches.js";
import { Picture, Trouble } from "./tiles.js";
import { modeWords, sharedNow, whySentences, whyTitle, workWords } from "./wording.js";

/** The preview: people, the reason, and on site the table to go to. */
export function PreviewView() {
  const { room, event, you } = state.value;
  const people = others(state.value);
  const onSite = isAtTable(room, you);
  return html`<main id="main" class="preview" tabindex="-1">
    <p class="second scene-line">${roundWords(event)}</p>
    ${
      onSite
        ? html`<h1>${t("Go to table {table}", { table: room.table })}</h1>`
        : html`<h1>${t("You are about to meet")}</h1>`
    }
    <${Across} room=${room} onSite=${onSite} />
    <div class="preview-clock"><${Counting} room=${room} onSite=${onSite} /></div>
    ${event.paused !== null && html`<p class="card attention row"><${Icon} name="pause" />${t("The host has paused the clock.")}</p>`}
    ${onSite && html`<${Arrival} you=${you} />`}
    <${Trouble} />
    <div class="preview-people">
      <ul class="card stack">
        ${people.map(
          (card) => html`<li key=${card.id}>
            <${Person} card=${card} size=${56} standing=${stateOf(state.value, card.id)}
              sub=${[workWords(card), modeWords(card)].filter(Boolean).join(" · ")} />
          </li>`,
        )}
      </ul>
      <${Why} />
    </div>
    <div class="preview-foot stack tight">
      <div class="preview-media"><${Mirror} /><${Switches} /></div>
      <p class="second">
        ${choices.value.chime ? t("We will chime when it starts.") : t("We will say when it starts.")}
        <button type="button" class="link-button" onClick=${() => ask("sit-out")}>${t("Sit this one out")}</button>
      </p>
    </div>
  </main>`;
}

/** In a room of both: who is on the other side of the station. */
function Across({ room, onSite }) {
  if (room.mode !== "mixed") return null;
  return html`<p class="second across">${
    onSite
      ? t("Some of you join by video, on the screen at the table.")
      : t("Some of you sit at table {table}, before one screen and camera.", { table: room.table })
  }</p>`;
}

/** When each preview was first seen: how long it is in all is not told. */
let seen = { room: null, at: 0 };

function Counting({ room, onSite }) {
  if (seen.room !== room.id) seen = { room: room.id, at: now.peek() };
  const from = Math.min(seen.at, room.starts_at - 1_000);
  return html`<${LeftRing} from=${from} until=${room.starts_at} size=${onSite ? 148 : 132} />`;
}

/** Oneself as the others are about to see one: the picture, or the dot. Its size never changes. */
function Mirror() {
  const { room, you, media: carried } = state.value;
  if (carried.policy === "none" || isCompanion(room, you)) return null;
  const track = media.value?.devices.camera.value.track ?? null;
  return html`<div class="preview-mirror" role="img"
    aria-label=${track ? t("Your camera's picture") : t("Without a camera, the others see this.")}>
    <${Dot} id=${you.id} name=${you.name} size=${44} />
    ${track && html`<${Picture} track=${track} mirrored=${true} />`}
  </div>`;
}

function Arrival({ you }) {
  const here = stateOf(state.value, you.id) !== "expected";
  return html`<div class="preview-arrival">
    ${
      here
        ? html`<p class="card good row" role="status">${t("You are at the table.")}</p>`
        : html`<${Action} icon="map-pin" className="primary" onClick=${() => ask("arrived")}>${t("I'm at the table")}<//>`
    }
  </div>`;
}

/** Why these people: the interests as tags, those of yours first, and a sentence or two. */
export function Why({ brief = false }) {
  const { room, you } = state.value;
  const name = (id) => room.people.find((card) => card.id === id)?.name ?? t("someone");
  const sentences = whySentences(room, you.id, name);
  const shared = sharedNow(room, you.id);
  const mine = shared
    .filter((group) => group.people.includes(you.id))
    .flatMap((group) => group.interests);
  const rest = shared
    .filter((group) => !group.people.includes(you.id))
    .flatMap((group) => group.interests);
  return html`<section class="card soft stack tight why" aria-labelledby="why">
    <h2 id="why" class="card-title">${whyTitle(room.people.length)}</h2>
    ${sentences.slice(0, brief ? 2 : 3).map((sentence) => html`<p key=${sentence}><bdi>${sentence}</bdi></p>`)}
    <${Tags} words=${[...new Set(rest)]} shared=${[...new Set(mine)]} label=${t("What you share")} />
  </section>`;
}
