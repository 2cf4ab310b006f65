// A refusal, near where somebody pressed.

import { Icon } from "../icons.js";
import { html } from "../view.js";

/** Shows why the last press at `place` was refused; nothing if it was not. */
export function Refusal({ host, place }) {
  const sentence = host.refusals.value[place];
  return html`<div class="refusal-place" role="alert">
    ${sentence && html`<p class="refusal"><${Icon} name="circle-alert" /><span>${sentence}</span></p>`}
  </div>`;
}
