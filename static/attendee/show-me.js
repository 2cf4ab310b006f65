/** The choice to be seen in the lobby: off until its owner turns it on. */
import { html } from "../view.js";
import { t } from "../words.js";
import { ask, state } from "./session.js";

/** A switch with what it means. */
export function ShowMe() {
  const shown = state.value.you.profile?.show_in_lobby ?? false;
  return html`<label class="check">
    <input type="checkbox" checked=${shown} onChange=${(event) => ask("profile", { show_in_lobby: event.target.checked })} />
    <span>${t("Show my name in the lobby")}
      <span class="second show-me-hint">${t("Everybody who is here may see it there. Without it you are one of the dots.")}</span>
    </span>
  </label>`;
}
