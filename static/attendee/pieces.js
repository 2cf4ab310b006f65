/** Small pieces that several views are made of: a person's line, time left, tags. */
import { Dot, Ring } from "../circle.js";
import { clockText, durationCode, left, share } from "../clock.js";
import { Icon } from "../icons.js";
import { html } from "../view.js";
import { currentLanguage, parts, t } from "../words.js";
import { now, sheet, state } from "./session.js";
import { spokenLeft, stateWords, workWords } from "./wording.js";

/** A name in its own direction and script, with its reading where one is given. */
export function Name({ card, reading = false }) {
  return html`<bdi class="name">${card.name || t("Someone")}</bdi>${
    reading && card.reading ? html` <bdi class="second reading">${card.reading}</bdi>` : null
  }`;
}

/** A dot, a name, and a second line; children stand at the end of the line. */
export function Person({ card, sub, size = 44, standing = "here", reading = true, children }) {
  const second = sub ?? workWords(card);
  const away = stateWords(standing);
  return html`<div class="person">
    <${Dot} id=${card.id} name=${card.name} size=${size} state=${standing} />
    <div class="grow">
      <p class="strong"><${Name} card=${card} reading=${reading} /></p>
      ${second && html`<p class="second">${second}</p>`}
      ${away && html`<p class="second attention-text">${away}</p>`}
    </div>
    ${children}
  </div>`;
}

/** Interests as tags; those in `shared` stand out. */
export function Tags({ words, shared = [], label }) {
  if (!words.length && !shared.length) return null;
  const rest = words.filter((word) => !shared.includes(word));
  return html`<ul class="tags" aria-label=${label}>
    ${shared.map((word) => html`<li class="tag shared" key=${`s${word}`}><bdi>${word}</bdi></li>`)}
    ${rest.map((word) => html`<li class="tag" key=${word}><bdi>${word}</bdi></li>`)}
  </ul>`;
}

/** Returns the ms left until an instant by the evening's clock, which may be paused. */
export function timeLeft(until) {
  return left(until, now.value, state.value.event?.paused ?? null);
}

/** Time left as a clock, not spoken every second. */
export function Left({ until, className = "" }) {
  const ms = timeLeft(until);
  return html`<time class=${`figures ${className}`} role="timer" aria-live="off" datetime=${durationCode(ms)}>${clockText(ms)}</time>`;
}

/** The ring of time left with the seconds inside it. */
export function LeftRing({ from, until, size = 124, unit = true }) {
  const ms = timeLeft(until);
  const short = ms <= 99_000;
  const words = short && unit ? Math.ceil(ms / 1000) : clockText(ms);
  const isLong = String(words).length > "59:59".length;
  const portion =
    from === null ? 0 : share(from, until, now.value, state.value.event?.paused ?? null);
  return html`<${Ring} left=${portion} size=${size}>
    <span class="visually-hidden" role="timer" aria-live="off">${spokenLeft(ms)}</span>
    <span class=${`ring-time figures${isLong ? " long" : ""}`} aria-hidden="true">${words}</span>
    ${short && unit && html`<span class="second" aria-hidden="true">${t("seconds")}</span>`}
  <//>`;
}

/** A sentence with pieces that are more than words. */
export function Say({ sentence, values }) {
  return html`<${Pieces} list=${parts(sentence, values)} />`;
}

function Pieces({ list }) {
  return list;
}

/** “Round 2 of 5”. */
export function roundWords(event) {
  return event.round
    ? t("Round {round} of {rounds}", { round: event.round, rounds: event.rounds })
    : "";
}

/** A cross that takes something out of the way. */
export function Cross({ word, ...rest }) {
  return html`<button type="button" class="button plain icon-only" ...${rest}>
    <${Icon} name="x" /><span class="visually-hidden">${word}</span>
  </button>`;
}

/** A button with an icon and a word. */
export function Action({ icon, children, className = "", ...rest }) {
  return html`<button type="button" class=${`button ${className}`} ...${rest}><${Icon} name=${icon} />${children}</button>`;
}

/** The two languages to switch between, each in its own words. */
export function Languages() {
  const here = encodeURIComponent(location.pathname);
  const offered = [
    ["en", "English"],
    ["ja", "日本語"],
  ];
  return html`<ul class="buttons" aria-label=${t("Language")}>
    ${offered.map(
      ([code, name]) => html`<li key=${code}>
        ${
          code === currentLanguage()
            ? html`<span class="button said-yes" lang=${code} aria-current="true"><${Icon} name="check" />${name}</span>`
            : html`<a class="button" href=${`/language?to=${code}&next=${here}`} lang=${code} hreflang=${code}>${name}</a>`
        }
      </li>`,
    )}
  </ul>`;
}

/** The quiet menu of one person: fields, card, note, block, report. */
export function More({ card }) {
  return html`<button type="button" class="button plain icon-only" aria-haspopup="dialog"
    aria-label=${t("More about {name}", { name: card.name })}
    onClick=${() => (sheet.value = { kind: "person", id: card.id })}><${Icon} name="ellipsis" /></button>`;
}
