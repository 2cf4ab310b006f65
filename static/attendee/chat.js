/** The thread of a room or the lobby: what was said and what happened, and the line to write in. */
import { Dot } from "../circle.js";
import { Icon } from "../icons.js";
import { thread } from "../state.js";
import { html, useLayoutEffect, useRef, useState } from "../view.js";
import { t, timeOfDay } from "../words.js";
import { draftOf, keepDraft } from "./drafts.js";
import { ask, state } from "./session.js";
import { happenedWords } from "./wording.js";
import { growWithText, isChoosingWords } from "./writing.js";

const LIMIT = 2000;

/** Draws the thread of `room` (or `lobby`) with its field. */
export function Chat({ room, title, hint, empty }) {
  const lines = thread(state.value, room);
  const you = state.value.you.id;
  const scroll = useRef(null);
  useLayoutEffect(() => {
    const box = scroll.current;
    box.scrollTop = box.scrollHeight;
  }, [lines.length, room]);
  return html`<section class="chat" aria-label=${title}>
    <h2 class="chat-title">${title}</h2>
    <div class="chat-scroll" ref=${scroll} tabindex="0" role="log" aria-live="off" aria-label=${title}>
      ${lines.length === 0 && html`<p class="second chat-empty">${empty}</p>`}
      <ul class="chat-lines">
        ${lines.map((line, index) =>
          line.kind === "said"
            ? html`<${Said} key=${line.key} line=${line} own=${line.from === you} follows=${follows(lines, index)} />`
            : html`<li key=${line.key} class="chat-happened second">${happenedWords(line.kind, line.name)}</li>`,
        )}
      </ul>
    </div>
    <${Write} room=${room} hint=${hint} />
  </section>`;
}

/** The lobby's chat, beside what stands before everybody without a room. */
export function LobbyChat() {
  return html`<aside class="pane-side" aria-label=${t("Lobby chat")}>
    <${Chat} room="lobby" title=${t("In the lobby")} hint=${t("Write to everybody in the lobby")}
      empty=${t("Nobody has written yet. A hello is a good start.")} />
  </aside>`;
}

/** Lines of one person within two minutes stand together. */
function follows(lines, index) {
  const [last, line] = [lines[index - 1], lines[index]];
  return last?.kind === "said" && last.from === line.from && line.at - last.at < 120_000;
}

function Said({ line, own, follows }) {
  const name = own ? t("You") : line.name;
  return html`<li class=${`chat-said${own ? " own" : ""}${follows ? " follows" : ""}`}>
    ${!follows && html`<${Dot} id=${line.from} name=${line.name || name} size=${28} />`}
    <div class="grow">
      ${
        follows
          ? html`<span class="visually-hidden">${name}: </span>`
          : html`<p class="chat-name"><bdi class="strong">${name}</bdi> <time class="second" datetime=${new Date(line.at).toISOString()}>${timeOfDay(line.at)}</time></p>`
      }
      <p class="chat-text" dir="auto">${linked(line.text)}</p>
    </div>
  </li>`;
}

/** Returns text with its web addresses as links; nothing but http(s) becomes one. */
function linked(text) {
  return text
    .split(/(https?:\/\/[^\s<>"'、。）)]+)/)
    .map((piece, index) =>
      index % 2
        ? html`<a href=${piece} target="_blank" rel="noopener noreferrer nofollow">${piece}</a>`
        : piece,
    );
}

function Write({ room, hint }) {
  const [text, setText] = useState(draftOf(room));
  const [sending, setSending] = useState(false);
  const field = useRef(null);
  useLayoutEffect(() => growWithText(field.current), [text]);
  const write = (value) => {
    keepDraft(room, value);
    setText(value);
  };
  const send = async (event) => {
    event.preventDefault();
    const trimmed = text.trim();
    if (!trimmed || sending) return;
    setSending(true);
    if (await ask("say", { text: trimmed })) write("");
    setSending(false);
    field.current?.focus();
  };
  // Enter that ends the choice of a Japanese word must not send the sentence.
  const key = (event) => {
    if (event.key === "Enter" && !event.shiftKey && !isChoosingWords(event)) send(event);
  };
  return html`<form class="chat-write" onSubmit=${send}>
    <label class="visually-hidden" for="chat-text">${hint}</label>
    <textarea id="chat-text" ref=${field} class="input" rows="1" maxlength=${LIMIT} dir="auto" placeholder=${hint}
      value=${text} onInput=${(event) => write(event.target.value)} onKeyDown=${key} enterkeyhint="send"></textarea>
    <button class="button icon-only" type="submit" aria-disabled=${!text.trim() || sending}>
      <${Icon} name="send" /><span class="visually-hidden">${t("Send")}</span>
    </button>
  </form>`;
}
