// Words a host writes before something is done: an announcement, a reason. Ctrl and Enter sends.

import { html, useState } from "../view.js";
import { number, t } from "../words.js";
import { Refusal } from "./refusal.js";

/** The server takes no more characters at once; what is pasted is not cut short unseen. */
const MOST = 2000;

/** Shows a field for words and what sends them; `send(text)` resolves to whether it was done. */
export function Say({ host, place, label, required, before = "", children = null, ready = true, action, grave = false, send }) {
  const [text, setText] = useState("");
  const length = [...text.trim()].length;
  const submit = async (event) => {
    event.preventDefault();
    if (length > MOST) return;
    if (await send(text.trim())) host.back();
  };
  const both = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.form.requestSubmit();
  };
  return html`<form class="stack" onSubmit=${submit}>
    ${before && html`<p>${before}</p>`}
    <div class="field"><label for="say">${label}</label>
      <textarea class="input" id="say" data-first rows="3" required=${required} value=${text} onInput=${(event) => setText(event.target.value)} onKeyDown=${both}
        aria-invalid=${length > MOST ? "true" : null} aria-describedby="say-length"></textarea>
      <div id="say-length" role="status">${length > MOST && html`<p class="refusal">${t("That is {n} characters; at most {most} can be sent at once. Please shorten it.", { n: number(length), most: number(MOST) })}</p>`}</div></div>
    ${children}
    <${Refusal} host=${host} place=${place} />
    <div class="buttons even"><button type="button" class="button" onClick=${host.back}>${t("Cancel")}</button>
      <button type="submit" disabled=${!ready} class=${grave ? "button grave" : "button primary"}>${action}</button></div>
  </form>`;
}
