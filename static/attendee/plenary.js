/** Words to everybody: the host's stream beside the countdown; the lobby's chat goes on. */
import { Icon } from "../icons.js";
import { html } from "../view.js";
import { t } from "../words.js";
import { LobbyChat } from "./chat.js";
import { LeftRing, Say, roundWords } from "./pieces.js";
import { MetTonight, YourInterests } from "./lobby.js";
import { state } from "./session.js";

/** The plenary round, before and while it runs. */
export function PlenaryView() {
  const { event, you } = state.value;
  const before = event.phase === "preview";
  return html`<main id="main" class="panes" tabindex="-1">
    <div class="pane-main lobby plenary">
      <p class="second scene-line">${roundWords(event)}</p>
      <h1>${before ? t("In a moment, all together") : t("All together")}</h1>
      <div class="plenary-clock">
        <${LeftRing} from=${before ? null : event.starts_at} until=${before ? event.starts_at : event.ends_at} size=${148} />
      </div>
      <p class="lobby-next">${
        before
          ? t("The host speaks to everybody. Nobody is seated for it: stay on this page.")
          : t("The host speaks to everybody. Afterwards this page goes on by itself.")
      }</p>
      <${Stream} url=${event.stream_url} />
      ${you.mode === "on-site" && html`<p class="second">${t("On site, please come to the stage.")}</p>`}
      <${YourInterests} />
      <${MetTonight} />
    </div>
    <${LobbyChat} />
  </main>`;
}

function Stream({ url }) {
  if (!url) return null;
  return html`<section class="card soft stack tight">
    <p><${Say} sentence="The words are streamed at {place}." values=${{ place: html`<bdi class="strong">${placeOf(url)}</bdi>` }} /></p>
    <a class="button primary" href=${url} target="_blank" rel="noopener noreferrer"><${Icon} name="play" />${t("Watch the stream")}
      <span class="visually-hidden">${t("(opens in a new tab)")}</span></a>
  </section>`;
}

function placeOf(url) {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}
