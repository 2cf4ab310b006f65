/** Icons (Lucide), drawn from one file of symbols. Always with a word beside them or a label on their button. */
import { html } from "./view.js";

const FILE = new URL("./icons.svg", import.meta.url).pathname;

/** Draws an icon, hidden from screen readers: the word beside it says what it means. */
export function Icon({ name, size = 20 }) {
  return html`<svg class="icon" width=${size} height=${size} aria-hidden="true" focusable="false">
    <use href=${`${FILE}#${name}`} />
  </svg>`;
}
