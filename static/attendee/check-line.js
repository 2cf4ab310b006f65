/** The line between people: whether sound and picture can get through, and what roommates learn by it. */
import { Icon } from "../icons.js";
import { canCall } from "../media/browsers.js";
import { relayOnly, setRelayOnly } from "../media/calls.js";
import { hasRelay, reachRelay } from "../media/relay.js";
import { html, useEffect, useState } from "../view.js";
import { t } from "../words.js";
import { throughServer } from "./call-words.js";
import { state } from "./session.js";

/** The card about the connection. */
export function Connection() {
  const { media } = state.value;
  return html`<section class="card stack" aria-labelledby="line">
    <h2 id="line" class="row"><${Icon} name="link" />${t("Connection")}</h2>
    <${Line} media=${media} />
  </section>`;
}

function Line({ media }) {
  if (!canCall())
    return html`<p class="card attention">${t("This browser cannot carry sound and picture. You take part by chat, like everybody else at the table; a current Chrome, Edge, Firefox or Safari can do more.")}</p>`;
  if (media.policy === "livekit") return html`<p>${throughServer()}</p>`;
  const relay = hasRelay(media);
  return html`<${Reach} media=${media} relay=${relay} />
    ${media.policy === "mesh" && html`<${Addresses} relay=${relay} />`}`;
}

/** Whether there is a relay, and whether it answers from here. */
function Reach({ media, relay }) {
  const [answers, setAnswers] = useState(null);
  useEffect(() => {
    if (!relay) return undefined;
    let gone = false;
    reachRelay(media.ice_servers).then((reached) => gone || setAnswers(reached));
    return () => {
      gone = true;
    };
  }, [relay]);
  return html`<p role="status">${reachWords(relay, answers)}</p>`;
}

function reachWords(relay, answers) {
  if (!relay)
    return t(
      "No relay is set up for this evening. In some company networks sound and picture may not get through; the chat always does.",
    );
  if (answers === null) return t("Looking whether the relay answers …");
  return answers
    ? t("The relay answers: sound and picture find a way from this network.")
    : t(
        "The relay does not answer from this network. Sound and picture may still get through directly; the chat always does. Another network, such as your phone's, may do better.",
      );
}

function Addresses({ relay }) {
  return html`<div class="stack tight">
    <p>
      ${t("In small rooms sound and picture go directly from person to person. For that, the browsers in your room learn each other's internet address: from it one can tell the provider and roughly the town, not your name.")}
    </p>
    ${
      relay
        ? html`<label class="check">
            <input
              type="checkbox"
              checked=${relayOnly.value}
              onChange=${(event) => setRelayOnly(event.target.checked)}
            />
            <span
              >${t("Send everything through the organiser's relay, so that nobody learns my address. It may be a little slower.")}</span
            >
          </label>`
        : html`<p class="second">
            ${t("Whoever does not want that stays with the chat, and leaves camera and microphone off.")}
          </p>`
    }
  </div>`;
}
