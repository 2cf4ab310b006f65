/** What one can do before the first round: try camera and microphone, practise a round. */
import { html } from "../view.js";
import { t } from "../words.js";
import { later } from "./later.js";
import { Action } from "./pieces.js";
import { openPage, state } from "./session.js";

const Outside = later(() => import("./outside.js").then((module) => module.Outside), {
  rest: false,
});

/** The card in the lobby. On site a phone sends no sound, and the table needs no practice. */
export function Preparing() {
  const { event, media, you } = state.value;
  if (you.mode === "on-site" || !["draft", "lobby"].includes(event.phase)) return null;
  const calls = media.policy !== "none";
  const empty = (event.present || 1) <= 1;
  return html`<section class="card stack tight preparing" aria-labelledby="preparing">
    <h2 id="preparing" class="card-title">${empty ? t("While you wait") : t("If you like")}</h2>
    <p class="second">
      ${calls ? t("See whether the others will hear and see you, and live a round once, alone and in a minute.") : t("Live a round once, alone and in a minute, so that nothing surprises you.")}
    </p>
    ${calls && html`<${Outside} />`}
    <div class="buttons">
      ${calls && html`<${Action} icon="video" onClick=${() => openPage("check")}>${t("Check camera and microphone")}<//>`}
      <${Action} icon="play" onClick=${() => openPage("practice")}>${t("Practise a round")}<//>
    </div>
  </section>`;
}
