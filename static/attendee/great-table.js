/** Everybody in the lobby at one great table, drawn. */
import { clockText, durationCode, share } from "../clock.js";
import { around, colour, initial } from "../dots.js";
import { html, useRef } from "../view.js";
import { number, t, tn } from "../words.js";
import { timeLeft } from "./pieces.js";
import { moreRounds, nextRoundAt } from "./scene.js";
import { now, state } from "./session.js";

/** At most so many dots are drawn; a crowd is a number. */
const DOTS = 36;
/** Above so many, letters in the dots could not be read. */
const LETTERED = 30;

/** Everybody at one great table: your dot among the others, the time in the middle. */
export function GreatTable() {
  const { event, you } = state.value;
  const next = nextRoundAt(state.value);
  const first = useRef({ next: null, from: 0 });
  if (first.current.next !== next) first.current = { next, from: now.value };
  const soon =
    next !== null && moreRounds(event) && timeLeft(next) > 0 && timeLeft(next) < 3_600_000;
  const ring = 2 * Math.PI * 34;
  const portion = soon
    ? share(Math.min(first.current.from, next - 60_000), next, now.value, event.paused)
    : 0;
  return html`<figure class="great-table">
    <svg viewBox="-52 -52 104 104" aria-hidden="true">
      <circle r="34" fill="var(--card)" stroke="var(--line)" stroke-width="2.5" />
      ${
        portion > 0 &&
        html`<circle r="34" fill="none" stroke="var(--accent)" stroke-width="2.5" stroke-linecap="round"
        stroke-dasharray=${ring} stroke-dashoffset=${ring * (1 - portion)} transform="rotate(-90)" />`
      }
      <${Seats} you=${you} faces=${othersSeen()} present=${event.present || 1} />
    </svg>
    <figcaption>
      ${
        soon
          ? html`<time class="great-number figures" role="timer" aria-live="off"
              datetime=${durationCode(timeLeft(next))}>${clockText(timeLeft(next))}</time>
            <span class="second">${event.round ? t("to the next round") : t("to the first round")}</span>
            <span class="second">${hereWords(event)}</span>`
          : html`<span class="great-number figures">${number(event.present || 1)}</span>
            <span class="second">${tn("person is here", "people are here", event.present || 1)}</span>`
      }
    </figcaption>
  </figure>`;
}

/** Those who allow everybody to see that they are here, but oneself. */
export function othersSeen() {
  return state.value.faces.filter((face) => face.id !== state.value.you.id);
}

/** Dots around the table: oneself at the top, then those who are seen, then everybody else. */
function Seats({ you, faces, present }) {
  const count = Math.max(1 + faces.length, Math.min(DOTS, present));
  const [mine, ...places] = around(count, 44);
  const radius = count > LETTERED ? 3.4 : count > 20 ? 4 : 4.8;
  // Spread among the others: those who are seen are no group of their own.
  const seated = new Map(
    faces.map((face, index) => [Math.floor(((index + 0.5) * places.length) / faces.length), face]),
  );
  return html`${places.map(([x, y], index) => {
    const face = seated.get(index);
    return html`<${Seat} key=${index} x=${x} y=${y} radius=${face ? radius + 0.4 : radius * 0.8} face=${face} />`;
  })}
  <${Seat} x=${mine[0]} y=${mine[1]} radius=${6.5} face=${you} own=${true} />`;
}

function Seat({ x, y, radius, face, own = false }) {
  if (!face) return html`<circle cx=${x} cy=${y} r=${radius} fill="var(--other-dot)" />`;
  return html`<g>
    <circle cx=${x} cy=${y} r=${radius} fill=${colour(face.id)} stroke=${own ? "var(--paper)" : null} stroke-width="1.5" />
    <text x=${x} y=${y} dy="0.36em" text-anchor="middle" font-size=${radius} font-weight="700" fill="#fff">${initial(face.name)}</text>
  </g>`;
}

function hereWords(event) {
  return tn("{n} person here", "{n} people here", event.present || 1);
}
