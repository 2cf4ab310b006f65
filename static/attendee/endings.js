/** When the evening is not, or no longer, on this page: waiting for a yes, left, closed, over. */
import { Icon } from "../icons.js";
import { html } from "../view.js";
import { t } from "../words.js";
import { later } from "./later.js";
import { Languages } from "./pieces.js";
import { styles } from "./sheeted.js";
import { comeBack, connection, state } from "./session.js";

const PeopleView = later(() =>
  Promise.all([import("./people.js"), styles("people")]).then(([module]) => module.PeopleView),
);

const ClosingView = later(() => import("./closing.js").then((module) => module.ClosingView));

/** After a removal, newcomers wait for a host's yes (rule 13). */
export function Waits() {
  return html`<${Ending} icon="door-open" title=${t("One moment at the door")}
    text=${t("A host lets people in one by one right now. This page goes on by itself as soon as they say yes.")} />`;
}

/** One left on purpose. */
export function Left() {
  return html`<${Ending} icon="log-out" title=${t("You have left the evening")}
    text=${t("The others were told that you left, not that you dropped. The door stays open.")}>
    <button type="button" class="button primary" onClick=${comeBack}>${t("Come back")}</button>
  <//>`;
}

/** The server closed the line for good: what that means, and what to do. */
export function Closed() {
  switch (connection.value.code) {
    case 4501:
      return html`<${Ending} icon="copy" title=${t("The evening goes on in another tab")}
        text=${t("You opened it a second time, and the newer one took over. Only one can be in a room.")}>
        <button type="button" class="button primary" onClick=${comeBack}>${t("Use this one instead")}</button>
      <//>`;
    case 4502:
      return html`<${Ending} icon="door-open" title=${t("A host has taken you out of the evening")}
        text=${t("If you think this is a mistake, speak to the organiser. Your link works again once a host says yes.")} />`;
    case 4503:
      if (connection.value.reason === "gone")
        return html`<${Ending} icon="coffee" title=${t("This evening is no longer here")}
          text=${t("The organiser has taken it down, with everything that was kept about it.")} />`;
      return html`<${Ending} icon="coffee" title=${t("The evening is over")}
        text=${t("Open your link again to see the people you met.")}><${Again} /><//>`;
    case 4504:
      return html`<${Ending} icon="key" title=${t("This page no longer knows who you are")}
        text=${t("Please open your personal link again, the one from your invitation.")} />`;
    default:
      return html`<${Ending} icon="circle-alert" title=${t("This page got out of step")}
        text=${t("Loading it again puts that right. Your seat and your contacts are kept.")}><${Again} /><//>`;
  }
}

function Again() {
  return html`<button type="button" class="button primary" onClick=${() => location.reload()}>${t("Load the page again")}</button>`;
}

function Ending({ icon, title, text, children }) {
  return html`<main id="main" class="ending" tabindex="-1">
    <span class="ending-icon"><${Icon} name=${icon} size=${32} /></span>
    <h1>${title}</h1>
    <p>${text}</p>
    ${children && html`<div class="buttons">${children}</div>`}
    <div class="ending-languages"><${Languages} /></div>
  </main>`;
}

/** The event has ended; the people stay. */
export function Ended() {
  const { event } = state.value;
  return html`<main id="main" class="column" tabindex="-1">
    <p class="second scene-line"><bdi>${event.title}</bdi></p>
    <div class="stack">
      <p class="card good">${t("The evening is over. Thank you for coming. The people you met stay here for you.")}</p>
      <${ClosingView} />
      <${PeopleView} heading=${t("Your evening")} />
    </div>
  </main>`;
}
