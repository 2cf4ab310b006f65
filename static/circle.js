/**
 * The round table, drawn: a circle is a room, the dots on it are its people, a ring is the time left.
 *
 * Drawings only; they are hidden from screen readers, and the words beside them say the same.
 * Colours are SVG attributes, since the pages' policy allows no inline style.
 */
import { around, colour, initial } from "./dots.js";
import { html } from "./view.js";

/** Draws one person's dot. `state`: here, dropped, not-here-yet, expected. */
export function Dot({ id, name, size = 44, state = "here", letter = true }) {
  return html`<svg class="dot" width=${size} height=${size} viewBox="-22 -22 44 44" aria-hidden="true">
    <${DotShape} id=${id} name=${name} x=${0} y=${0} radius=${22} state=${state} letter=${letter} />
  </svg>`;
}

/**
 * A dot inside a larger drawing. Somebody who dropped, or is not here yet, is a dashed outline;
 * somebody without a camera has a light middle.
 */
export function DotShape({ id, name, x, y, radius, state = "here", letter = true, marked = false }) {
  const fill = colour(id);
  const away = state !== "here" && state !== "no-camera";
  const width = Math.max(1.5, radius / 9);
  return html`<g class=${away ? "dot-away" : "dot-here"} data-person=${marked ? id : null}>
    ${
      away
        ? html`<circle cx=${x} cy=${y} r=${radius - width} fill="var(--card)" stroke=${fill}
          stroke-width=${width} stroke-dasharray=${dashes(state, width)} stroke-linecap=${state === "not-here-yet" ? "round" : "butt"} />`
        : html`<circle cx=${x} cy=${y} r=${radius} fill=${fill} />`
    }
    ${
      state === "no-camera" &&
      !letter &&
      html`<circle cx=${x} cy=${y} r=${radius * 0.45} fill="var(--card)" />`
    }
    ${
      letter &&
      html`<text x=${x} y=${y} dy="0.36em" text-anchor="middle" font-size=${radius * 0.95}
      font-weight="700" fill=${away ? "var(--ink)" : "#ffffff"}>${initial(name)}</text>`
    }
  </g>`;
}

/** Dashes for somebody who was here and dropped; dots for somebody who never was. */
function dashes(state, width) {
  return state === "not-here-yet" ? `0.1 ${width * 1.8}` : `${width * 2} ${width * 1.6}`;
}

/** Draws the ring of time left (`left`, from 1 to 0) around whatever is inside it. */
export function Ring({ left, size = 124, width = 8, children }) {
  const radius = 50 - width / 2;
  const length = 2 * Math.PI * radius;
  return html`<div class="ring">
    <svg width=${size} height=${size} viewBox="0 0 100 100" aria-hidden="true">
      <circle cx="50" cy="50" r=${radius} fill="none" stroke="var(--line)" stroke-width=${width} />
      ${
        left > 0 &&
        html`<circle cx="50" cy="50" r=${radius} fill="none" stroke="var(--accent)" stroke-width=${width}
        stroke-linecap="round" stroke-dasharray=${length} stroke-dashoffset=${length * (1 - left)}
        transform="rotate(-90 50 50)" />`
      }
    </svg>
    ${children && html`<div class="ring-inside">${children}</div>`}
  </div>`;
}

/**
 * Draws a room as a table with its people around it.
 * `people`: [{id, name, state}]; `onSite` gives the table its strong ring, `mixed` half of it;
 * `left` its time.
 */
export function RoundTable({
  people,
  label = "",
  onSite = false,
  mixed = false,
  left = null,
  size = 96,
  letters = false,
}) {
  const dot = people.length > 8 ? 7 : 9;
  const places = around(people.length, 40);
  const length = 2 * Math.PI * 24;
  return html`<svg class="table-drawing" width=${size} height=${size} viewBox="-52 -52 104 104" aria-hidden="true">
    <circle r="24" fill="var(--card)" stroke=${onSite && !mixed ? "var(--on-site)" : "var(--line)"}
      stroke-width=${onSite ? 3 : 2} />
    ${mixed && html`<path d="M0 24A24 24 0 0 1 0 -24" fill="none" stroke="var(--on-site)" stroke-width="3" />`}
    ${
      left !== null &&
      html`<circle r="24" fill="none" stroke="var(--accent)" stroke-width="3" stroke-linecap="round"
      stroke-dasharray=${length} stroke-dashoffset=${length * (1 - left)} transform="rotate(-90)" />`
    }
    ${
      label !== "" &&
      html`<text y="0.36em" text-anchor="middle" font-size="16" font-weight="700" fill="var(--ink)">${label}</text>`
    }
    ${people.map(
      (person, index) =>
        html`<${DotShape} key=${person.id} id=${person.id} name=${person.name} x=${places[index][0]}
          y=${places[index][1]} radius=${dot} state=${person.state} letter=${letters} marked=${true} />`,
    )}
  </svg>`;
}

/** Draws the name of the product: a ring with one dot coming round. */
export function Logo({ size = 26 }) {
  return html`<svg width=${size} height=${size} viewBox="0 0 32 32" aria-hidden="true">
    <circle cx="16" cy="16" r="11" fill="none" stroke="var(--line)" stroke-width="4" />
    <circle cx="23.8" cy="8.2" r="6" fill="var(--accent)" stroke="var(--card)" stroke-width="2" />
  </svg>`;
}
