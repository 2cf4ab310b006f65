// Visiting a room: the room sees the host, who reads and writes in it only while visiting.

import { Icon } from "../icons.js";
import { html, useId, useState } from "../view.js";
import { t } from "../words.js";

/** Shows the way into a room and out of it, and what is said there while one visits. */
export function Visit({ host, room, place }) {
  const { you, said } = host.board.value;
  if (you?.role === "helper" || room.ended) return null;
  if (you?.visiting !== room.id) {
    return html`<button type="button" class="button" onClick=${() => host.ask(place, "visit", { room: room.id })}>
      <${Icon} name="door-open" />${t("Visit the room (they see you)")}</button>`;
  }
  return html`<section class="card soft stack tight visit" aria-label=${t("Your visit")}>
    <p class="strong">${t("You are visiting. Everybody in the room sees it.")}</p>
    <div class="visit-said" role="log" aria-label=${t("What is written here now")}>
      ${said.map((entry) => html`<p key=${entry.id}><bdi class="strong">${entry.name}</bdi> <bdi>${entry.text}</bdi></p>`)}
    </div>
    <${Write} host=${host} place=${place} />
    <button type="button" class="button" onClick=${() => host.ask(place, "visit", { room: null })}>${t("Leave the room")}</button>
  </section>`;
}

function Write({ host, place }) {
  const [text, setText] = useState("");
  const id = useId();
  const send = async (event) => {
    event.preventDefault();
    if (text.trim() && (await host.ask(place, "say", { text: text.trim() }))) setText("");
  };
  return html`<form class="row" onSubmit=${send}>
    <label class="visually-hidden" for=${id}>${t("Write to the room")}</label>
    <input id=${id} class="input grow" maxlength="2000" placeholder=${t("Write to the room")} value=${text} onInput=${(event) => setText(event.target.value)} />
    <button type="submit" class="button"><${Icon} name="send" />${t("Send")}</button>
  </form>`;
}
