/**
 * A station: one table's screen, camera and microphone, through which people online sit at it (rule 25).
 *
 * It is nobody: nobody meets it, and it has no lobby, no contacts and no profile. Between rounds it says
 * which table it is, and in the preview who comes to it.
 */
import { Dot } from "../circle.js";
import { Icon } from "../icons.js";
import { canCall } from "../media/browsers.js";
import { stateOf } from "../state.js";
import { html } from "../view.js";
import { t } from "../words.js";
import { media } from "./calling.js";
import { Action, Left, Name, Say, roundWords } from "./pieces.js";
import { nextRoundAt } from "./scene.js";
import { ask, state } from "./session.js";
import { Starter } from "./starters.js";
import { Switches } from "./switches.js";
import { StationTile, Tiles } from "./tiles.js";

/** The whole screen, in every scene of the evening. */
export function StationView({ current }) {
  const { room, event, you } = state.value;
  const sits = room !== null && ["preview", "room"].includes(current);
  const table = room?.table ?? you.table;
  return html`<main id="main" class=${`station station-${sits ? current : "idle"}`} tabindex="-1">
    <div class="station-head">
      <h1 class="station-sign"><span class="second">${t("Table")}</span> <strong class="figures">${table ?? "?"}</strong></h1>
      <p class="second">${roundWords(event)}</p>
      ${sits && current === "preview" && html`<p class="station-clock"><${Clock} room=${room} /></p>`}
    </div>
    ${sits ? html`<${Sitting} room=${room} current=${current} />` : html`<${Idle} />`}
  </main>`;
}

function Clock({ room }) {
  return html`<${Say} sentence="The round begins in {time}."
    values=${{ time: html`<${Left} until=${room.starts_at} className="strong" />` }} />`;
}

function Sitting({ room, current }) {
  return html`<${TurnOn} />
    <div class="station-stage"><${Tiles} /></div>
    <aside class="station-side stack">
      <${AtTable} room=${room} />
      ${current === "room" && html`<${Starter} />`}
    </aside>
    <div class="controls" role="group" aria-label=${t("What you can do here")}>
      <${Switches} />
    </div>`;
}

/** Who sits at the table itself; whoever is there already can be pressed in by anybody (rule 22). */
function AtTable({ room }) {
  const here = room.people.filter((card) => card.mode === "on-site");
  return html`<section class="card stack tight" aria-labelledby="at-table">
    <h2 id="at-table" class="card-title">${t("At this table")}</h2>
    <ul class="stack tight station-people">
      <${StationTile} />
      ${here.map(
        (card) => html`<li class="row" key=${card.id}>
          <${Dot} id=${card.id} name=${card.name} size=${44} state=${stateOf(state.value, card.id)} />
          <span class="grow strong"><${Name} card=${card} reading=${true} /></span>
          ${
            stateOf(state.value, card.id) === "expected" &&
            html`<${Action} icon="map-pin" aria-label=${t("{name} is here", { name: card.name })}
              onClick=${() => ask("arrived", { about: card.id })}>${t("Is here")}<//>`
          }
        </li>`,
      )}
    </ul>
  </section>`;
}

/** A browser that can carry nothing makes no station: said as long as it is one, also between rounds. */
function Unable() {
  if (canCall() || state.value.media.policy === "none") return null;
  return html`<p class="card attention station-off" role="status">
    ${t("This browser cannot carry sound and picture: people online will neither see nor hear this table. Please open the station's link in a current Chrome, Edge, Firefox or Safari.")}
  </p>`;
}

/** A station that sends nothing makes its table mute: said until both are on. */
function TurnOn() {
  if (!canCall()) return html`<${Unable} />`;
  const devices = media.value?.devices;
  if (!devices) return null;
  const off = ["microphone", "camera"].filter((kind) => devices[kind].value.state === "off");
  if (!off.length) return null;
  const turn = () => off.forEach((kind) => devices.turnOn(kind));
  return html`<p class="card attention row wrap station-off">
    <span class="grow">${t("The others cannot see or hear this table. Turned on once, it comes on by itself in every round.")}</span>
    <${Action} icon="video" className="primary" onClick=${turn}>${t("Turn on camera and microphone")}<//>
  </p>`;
}

/** Between rounds, and while nobody online sits at this table. */
function Idle() {
  const { event, you } = state.value;
  const next = nextRoundAt(state.value);
  const running = ["preview", "round"].includes(event.phase);
  return html`<div class="station-wait stack">
    <${Unable} />
    ${you.table === null && html`<p class="card attention">${t("This station has no table yet. The organiser gives it one in the list.")}</p>`}
    <p>${
      running
        ? t("Nobody joins this table by video in this round.")
        : t("Who sits here next appears on this screen.")
    }</p>
    ${
      next !== null &&
      html`<p class="second"><${Say} sentence="The next round is in {time}."
        values=${{ time: html`<${Left} until=${next} className="strong" />` }} /></p>`
    }
    <p class="second"><a href="#check"><${Icon} name="video" /> ${t("Try camera and microphone")}</a></p>
  </div>`;
}
