/** Before the evening is on this page. */
import { Logo } from "../circle.js";
import { html } from "../view.js";
import { t } from "../words.js";
import { connection } from "./session.js";

/** Before the first word of the server. */
export function Arriving() {
  const trying = connection.value.attempt > 2;
  return html`<main id="main" class="ending" tabindex="-1">
    <${Logo} size=${64} />
    <p role="status">${trying ? t("The evening does not answer yet. We keep trying.") : t("Opening the door…")}</p>
  </main>`;
}
