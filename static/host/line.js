// One calm line about the connection, when there is something to say about it.

import { Icon } from "../icons.js";
import { html } from "../view.js";
import { t } from "../words.js";

/** Shows how the connection is; nothing while all is well. `waiting`: the page has nothing else yet. */
export function Line({ host, waiting = false }) {
  const sentence = lineWords(host.line.value, host.board.value.standing, waiting);
  return html`<div class=${waiting ? "line line-alone" : "line"} role="status">
    ${sentence && html`<p><${Icon} name="wifi-off" /><span>${sentence}</span></p>`}
  </div>`;
}

/** Returns the sentence for a connection's status; "" when all is well. */
export function lineWords({ now, code = 0, attempt = 0 }, standing, waiting) {
  if (now === "closed") return CLOSED[code]?.() ?? t("This page is no longer connected. Load it again.");
  if (now === "lost" || (now === "connecting" && attempt > 0)) {
    return t("Connection lost, coming back… The evening goes on by itself meanwhile.");
  }
  if (standing === "store-away") {
    return t("The server cannot write just now. Nothing is lost; what you press waits.");
  }
  return waiting ? t("Opening the board…") : "";
}

const CLOSED = {
  4500: () => t("This page was stopped because it sent too much. Load it again."),
  4503: () => t("The event is over and its sockets are closed. You can export at the desk."),
  4504: () => t("This browser may not host this event. Open the host's link again."),
};
