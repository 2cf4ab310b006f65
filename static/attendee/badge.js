/** How many people wait for a thought, beside the way to them. */
import { html } from "../view.js";
import { tn } from "../words.js";
import { undecided } from "./unfinished.js";

export function OpenBadge() {
  const count = undecided().length;
  if (!count) return null;
  return html`<span class="badge" aria-hidden="true">${count}</span>
    <span class="visually-hidden">${tn("{n} still open", "{n} still open", count)}</span>`;
}
