// The undo: offered for 30 s to whoever changed seats last, where they look, with its countdown. Once
// something else has made it impossible it stays as it is, cannot be pressed, and says why.

import { clockText } from "../clock.js";
import { Icon } from "../icons.js";
import { html, useId } from "../view.js";
import { t } from "../words.js";

/** Shows the undo that this host has now, if any; `press` asks for it. */
export function UndoButton({ host, press, look = "" }) {
  const undo = host.undo.value;
  const why = useId();
  if (!undo) return null;
  const gone = undo.since !== "";
  return html`<button type="button" class=${`button undo ${look}`} data-focus="undo" aria-disabled=${gone ? "true" : null}
      aria-describedby=${gone ? why : null} onClick=${() => { if (!gone) press(); }}>
      <${Icon} name="rotate-ccw" />${t("Undo: {what}", { what: undo.words })}
      ${!gone && html` <span class="second" aria-hidden="true">${clockText(undo.until - host.now.value)}</span>`}</button>
    ${gone && html`<p class="second undo-why" id=${why}>${undo.since}</p>`}`;
}
