/** Topics of the next round of topics: choosing one, seeing how many did, proposing another. */
import { Icon } from "../icons.js";
import { html, useId, useState } from "../view.js";
import { t, tn } from "../words.js";
import { Action } from "./pieces.js";
import { announce, ask, state } from "./session.js";

/** What one would like to talk about; nothing where no round to come has topics. */
export function TopicsCard() {
  const { topics, you, event } = state.value;
  const id = useId();
  if (!topics.round || event.phase === "ended") return null;
  const next = topics.round === event.round + 1;
  return html`<section class="card stack tight topics" aria-labelledby=${id}>
    <h2 id=${id} class="card-title">${
      next
        ? t("What would you like to talk about next?")
        : t("What would you like to talk about in round {round}?", { round: topics.round })
    }</h2>
    ${
      topics.topics.length > 0 &&
      html`<p class="second">${t("Choose one, and you sit with people who chose it too. Without a choice you sit where there is room.")}</p>
      <fieldset class="topic-list">
        <legend class="visually-hidden">${t("Topics")}</legend>
        ${topics.topics.map((topic) => html`<${Topic} key=${topic.id} topic=${topic} chosen=${you.topic === topic.id} />`)}
      </fieldset>`
    }
    ${you.topic && html`<button type="button" class="link-button" onClick=${() => ask("choose-topic", { topic: "" })}>${t("Leave it open")}</button>`}
    ${(you.proposed_topics ?? []).map(
      (words) => html`<p class="second row" key=${words}><${Icon} name="clock" /><span><bdi>“${words}”</bdi> ${t("waits for the host's yes.")}</span></p>`,
    )}
    <${Propose} first=${!topics.topics.length} />
  </section>`;
}

function Topic({ topic, chosen }) {
  const full = topic.full && !chosen;
  const count = tn("{n} person", "{n} people", topic.chosen);
  return html`<label class=${`topic${chosen ? " chosen" : ""}${full ? " full" : ""}`}>
    <input type="radio" name="topic" checked=${chosen} disabled=${full}
      onChange=${() => ask("choose-topic", { topic: topic.id })} />
    <span class="grow"><bdi>${topic.text}</bdi></span>
    <span class="second">${full ? t("full") : topic.chosen ? count : ""}</span>
  </label>`;
}

function Propose({ first }) {
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const id = useId();
  if (!open && !first) {
    return html`<button type="button" class="link-button" onClick=${() => setOpen(true)}>${t("Propose another topic")}</button>`;
  }
  const send = async (event) => {
    event.preventDefault();
    if (!text.trim()) return;
    if (!(await ask("propose-topic", { topic: text.trim() }))) return;
    setText("");
    setOpen(false);
    announce(t("Thank you. The host decides whether it goes on the list."));
  };
  return html`<form class="topic-propose" onSubmit=${send}>
    <label for=${id}>${t("Propose a topic")}</label>
    <div class="row">
      <input id=${id} class="input grow" maxlength="120" value=${text} autocomplete="off"
        onInput=${(event) => setText(event.target.value)} />
      <${Action} type="submit" icon="send">${t("Propose")}<//>
    </div>
  </form>`;
}
