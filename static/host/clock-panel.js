// The left column: where the evening stands, the time that is left, and what a host may do about it.

import { clockText, durationCode, left } from "../clock.js";
import { Icon } from "../icons.js";
import { html } from "../view.js";
import { number, t, tn } from "../words.js";
import { mayKeepOpen } from "./log.js";
import { Refusal } from "./refusal.js";
import { clockSentence, countsTo, phaseTitle, startSentence } from "./sentences.js";

const PLACE = "clock";
const RUNNING = ["preview", "round", "break"];

export function ClockPanel({ host }) {
  const { event } = host.board.value;
  return html`<section class="clock-panel" aria-label=${t("Clock and round")}>
    <header>
      <p class="second">${event.title}</p>
      <h1>${phaseTitle(event)}</h1>
    </header>
    <${Clock} host=${host} />
    <${Actions} host=${host} />
    <${Counts} host=${host} />
  </section>`;
}

function Clock({ host }) {
  const { event } = host.board.value;
  const now = Math.floor(host.now.value / 60_000) * 60_000; // to the minute: the words need no more
  const to = countsTo(event, now);
  const stands = event.paused != null && RUNNING.includes(event.phase);
  return html`<div class=${stands ? "clock stands" : "clock"}>
    ${to != null && html`<${Countdown} host=${host} to=${to} paused=${stands ? event.paused : null} />`}
    ${stands && html`<p class="strong">${t("Paused")}</p>`}
    <p class="second">${clockSentence(event, host.programme, now, host.board.value.you?.role === "helper")}</p>
    ${event.closes_at != null && event.phase !== "ended" && html`<${Closing} host=${host} at=${event.closes_at} />`}
  </div>`;
}

function Countdown({ host, to, paused }) {
  const ms = left(to, host.now.value, paused);
  const far = ms >= 3_600_000;
  return html`<time role="timer" class=${far ? "clock-figures far" : "clock-figures"}
    datetime=${durationCode(ms)}>${clockText(ms)}</time>`;
}

function Closing({ host, at }) {
  return html`<p class="strong" role="status">${t("The event closes in {time}.", {
    time: clockText(left(at, host.now.value)),
  })}</p>
  ${mayKeepOpen(host.board.value) && html`<button type="button" class="button" onClick=${() => host.ask(PLACE, "undo", { closing: true })}>
    ${t("Keep it open")}</button>`}`;
}

function Actions({ host }) {
  const { event, called } = host.board.value;
  const { phase } = event;
  const stands = event.paused != null;
  const ask = (type, fields) => () => host.ask(PLACE, type, fields, { repeat: type === "extend" });
  const more = event.round < event.rounds;
  const mayStart = more && ["lobby", "break"].includes(phase) && !called;
  const over = ["lobby", "break"].includes(phase) && !more && event.round > 0;
  if (host.board.value.you?.role === "helper" && phase !== "ended") {
    return html`<div class="clock-actions">
      <p class="second">${t("As a helper you announce, answer calls and check people in.")}</p>
      <div class="action-pairs">
        <button type="button" class="button" onClick=${() => host.show({ kind: "announce", rooms: null })}>${t("Announce…")}</button>
        <button type="button" class="button" onClick=${() => host.show({ kind: "people" })}>${t("Check in…")}</button>
      </div>
    </div>`;
  }
  if (phase === "ended") {
    return host.deskUrl && html`<a class="button primary wide" href=${host.deskUrl}>${t("To the desk")}</a>`;
  }
  return html`<div class="clock-actions">
    ${phase === "draft" && html`<button type="button" class="button primary wide" onClick=${ask("open-doors")}>
      <${Icon} name="door-open" />${t("Open doors")}</button>`}
    ${mayStart && html`<div class="start">
      <button type="button" class="button primary wide" onClick=${ask("start-round")} aria-describedby="start-words">
        <${Icon} name="play" />${t("Start round {n}", { n: event.round + 1 })}</button>
      <p class="second" id="start-words">${startSentence(host.board.value, host.programme)}</p>
    </div>`}
    ${called && html`<p class="card soft called" role="status">${t("Round {n} is called. People are seated as soon as the seating is ready.", { n: event.round + 1 })}</p>`}
    ${over && event.closes_at == null && html`<button type="button" class="button primary wide" onClick=${() => host.show({ kind: "close" })}>
      ${t("Close the event…")}</button>`}
    <${Refusal} host=${host} place=${PLACE} />
    <div class="action-pairs">
      ${RUNNING.includes(phase) && (stands
        ? html`<button type="button" class="button said-yes" onClick=${ask("resume")}><${Icon} name="play" />${t("Resume")}</button>`
        : html`<button type="button" class="button" onClick=${ask("pause")}><${Icon} name="pause" />${t("Pause")}</button>`)}
      ${RUNNING.includes(phase) && event.ends_at != null && html`<button type="button" class="button" onClick=${ask("extend", { seconds: 60 })}>${t("+1 min")}</button>`}
      ${phase === "round" && event.ends_at == null && html`<button type="button" class="button" onClick=${ask("extend", { seconds: 300 })}>${t("End in 5 min")}</button>`}
      <button type="button" class="button" onClick=${() => host.show({ kind: "announce", rooms: null })}>${t("Announce…")}</button>
      ${["preview", "round"].includes(phase)
        ? html`<button type="button" class="button" onClick=${() => host.show({ kind: "end-round" })}>${t("End round…")}</button>`
        : html`<button type="button" class="button" onClick=${() => host.show({ kind: "people" })}>${t("Check in…")}</button>`}
    </div>
    <details class="more">
      <summary>${t("More")}</summary>
      <div class="action-pairs">
        ${RUNNING.includes(phase) && event.ends_at != null && html`
          <button type="button" class="button" onClick=${ask("extend", { seconds: -60 })}>${t("−1 min")}</button>
          <button type="button" class="button" onClick=${ask("extend", { seconds: 300 })}>${t("+5 min")}</button>`}
        <button type="button" class="button" onClick=${() => host.show({ kind: "people" })}>${t("People…")}</button>
        <button type="button" class="button" onClick=${() => host.show({ kind: "programme" })}>${t("Programme…")}</button>
        ${more && html`<button type="button" class="button" onClick=${() => host.show({ kind: "paper" })}>${t("Print the rest…")}</button>`}
        <button type="button" class="button" onClick=${() => host.show({ kind: "rehearsal" })}>${t("Rehearse…")}</button>
        ${host.joinUrl && html`<button type="button" class="button" onClick=${() => host.show({ kind: "join" })}>${t("Open link…")}</button>`}
        ${phase !== "draft" && !over && event.closes_at == null && html`<button type="button" class="button" onClick=${() => host.show({ kind: "close" })}>${t("Close the event…")}</button>`}
        ${host.deskUrl && html`<a class="button" href=${host.deskUrl}>${t("To the desk")}</a>`}
      </div>
    </details>
  </div>`;
}

function Counts({ host }) {
  const { pool, people } = host.board.value;
  if (!pool) return null;
  const rows = [
    [t("In rooms"), number(pool.in_rooms)],
    [t("In the lobby"), number(pool.in_lobby)],
    [t("Sitting out"), number(pool.sitting_out)],
    [t("On site / online"), `${number(pool.on_site)} / ${number(pool.online)}`],
    [t("Reconnecting"), number(pool.dropped)],
  ];
  return html`<div class="counts">
    <dl>${rows.map(([label, value]) => html`<div key=${label}><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
    ${people.size > 0 && html`<button type="button" class="button plain wide" onClick=${() => host.show({ kind: "people" })}>
      <${Icon} name="users" />${tn("{n} person on the list", "{n} people on the list", people.size)}</button>`}
  </div>`;
}
