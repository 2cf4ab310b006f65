// The topics of the next round of topics: what is chosen, what was proposed and waits for a yes.

import { Icon } from "../icons.js";
import { html } from "../view.js";
import { t, tn } from "../words.js";
import { nameOf } from "./board.js";
import { Refusal } from "./refusal.js";

const PLACE = "topics";

export function Topics({ host }) {
  const board = host.board.value;
  const { listed } = board;
  if (!listed || (!listed.round && !listed.proposed.length) || board.event.phase === "ended") return null;
  const helper = board.you?.role === "helper";
  return html`<section aria-labelledby="topics-title">
    <h2 id="topics-title">${t("Topics of round {n}", { n: listed.round })}</h2>
    ${listed.proposed.length > 0 && html`<ul class="need-list">${listed.proposed.map((topic) => html`<li key=${topic.id} class="card attention">
      <h3><q>${topic.text}</q></h3>
      <p class="second">${t("proposed by {name}", { name: nameOf(board, topic.by) || t("Somebody") })}</p>
      ${!helper && html`<div class="buttons">
        <button type="button" class="button said-yes" onClick=${() => host.ask(PLACE, "accept-topic", { topic: topic.id })}
          aria-label=${t("Accept “{topic}”", { topic: topic.text })}><${Icon} name="check" />${t("Accept")}</button>
        <button type="button" class="button" onClick=${() => host.ask(PLACE, "drop-topic", { topic: topic.id })}
          aria-label=${t("Decline “{topic}”", { topic: topic.text })}>${t("Decline")}</button>
      </div>`}
    </li>`)}</ul>`}
    <div class="card">
      ${listed.topics.length === 0 && html`<p class="second">${t("No topic yet. People can propose some, or you name them in the programme.")}</p>`}
      ${listed.topics.length > 0 && html`<dl class="numbers">${listed.topics.map((topic) => html`<div key=${topic.id}>
        <dt><bdi>${topic.text}</bdi></dt><dd>${topic.full ? t("full") : tn("{n} person", "{n} people", topic.chosen)}</dd></div>`)}</dl>`}
      <${Refusal} host=${host} place=${PLACE} />
    </div>
  </section>`;
}
