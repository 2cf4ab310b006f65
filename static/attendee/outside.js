/** One calm line for those whose page is open inside a mail or chat app, or in a browser without calls. */
import { Icon } from "../icons.js";
import { appAround, canCall } from "../media/browsers.js";
import { html } from "../view.js";
import { t } from "../words.js";

/** Says how to come by one's own browser; nothing at all in one. */
export function Outside() {
  const app = appAround(navigator.userAgent);
  if (!app && canCall()) return null;
  return html`<div class="card attention row outside">
    <${Icon} name="info" />
    <p>
      ${app ? appWords(app) : t("This browser cannot carry sound and picture. You take part by chat, like everybody else at the table; a current Chrome, Edge, Firefox or Safari can do more.")}
    </p>
  </div>`;
}

function appWords({ name }) {
  return name
    ? t(
        "You are inside {app}, where camera and microphone often stay closed. For sound and picture, open your personal link in your own browser; the chat works here, too.",
        { app: name },
      )
    : t(
        "This page is open inside an app, where camera and microphone often stay closed. For sound and picture, open your personal link in your own browser; the chat works here, too.",
      );
}
