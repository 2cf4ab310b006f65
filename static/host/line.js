// One calm line about the connection, when there is something to say about it.

import { Icon } from "../icons.js";
import { html } from "../view.js";
import { lineWords } from "./sentences.js";

/** Shows how the connection is; nothing while all is well. `waiting`: the page has nothing else yet. */
export function Line({ host, waiting = false }) {
  const sentence = lineWords(host.line.value, host.board.value.standing, waiting);
  return html`<div class=${waiting ? "line line-alone" : "line"} role="status">
    ${sentence && html`<p><${Icon} name="wifi-off" /><span>${sentence}</span></p>`}
  </div>`;
}
