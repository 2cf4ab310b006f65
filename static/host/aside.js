// The rest of the right column: the proposal for the next round, what was announced, what happened.

import { Dot } from "../circle.js";
import { Icon } from "../icons.js";
import { html } from "../view.js";
import { number, t, timeOfDay, tn } from "../words.js";
import { nameOf } from "./board.js";
import { logSentence } from "./log.js";
import { numberRows } from "./proposal-words.js";
import { kindWords } from "./programme.js";
import { lasting } from "./sentences.js";
import { Topics } from "./topics.js";

const DELIVERIES_SHOWN = 4;
const LINES_SHOWN = 40;

export function Aside({ host }) {
  return html`<section class="aside" tabindex="0" aria-label=${t("Next round and what happened")}>
    <${NextRound} host=${host} />
    <${Topics} host=${host} />
    <${MetFew} host=${host} />
    <${Deliveries} host=${host} />
    <${Log} host=${host} />
  </section>`;
}

function NextRound({ host }) {
  const board = host.board.value;
  const { event, proposal } = board;
  if (event.phase === "ended") return null;
  if (event.round >= event.rounds) {
    return html`<section class="next" aria-labelledby="next-title">
      <h2 id="next-title">${t("Next round")}</h2>
      <div class="card"><p class="second">${t("No further round is planned.")}</p><${Change} host=${host} /></div>
    </section>`;
  }
  const next = ["preview", "round"].includes(event.phase) || !proposal ? event.round + 1 : proposal.round;
  const planned = host.programme?.[next - 1];
  const seats = !planned || ["matched", "topics"].includes(planned.kind ?? "matched");
  return html`<section class="next" aria-labelledby="next-title">
    <h2 id="next-title">${t("Next round")}</h2>
    <div class="card">
      <p><span class="strong">${t("Round {round} of {rounds}", { round: next, rounds: event.rounds })}</span>${planned && html`
        <span class="second next-plan">${planWords(planned)}</span>`}</p>
      ${!seats ? html`<p class="second">${seatlessWords(planned.kind)}</p>` : proposal && proposal.seated > 0
        ? html`<${Numbers} board=${board} proposal=${proposal} />`
        : html`<p class="second">${board.pool && board.pool.present < 2
          ? t("A seating is worked out once two people are here.") : t("Being worked out…")}</p>`}
      ${seats && proposal && proposal.seated > 0 && html`
        ${proposal.relaxations?.length > 0 && html`<p class="strained"><${Icon} name="circle-alert" /><span>${t("Not everything can hold at once")}</span></p>`}
        <button type="button" class="button wide" onClick=${() => host.show({ kind: "proposal" })}>
          <${Icon} name="armchair" />${t("Look, swap, keep…")}</button>`}
      <${Change} host=${host} />
    </div>
  </section>`;
}

function Change({ host }) {
  if (host.board.value.you?.role === "helper") return null;
  return html`<button type="button" class="button wide" onClick=${() => host.show({ kind: "programme" })}>
    <${Icon} name="pencil" />${t("Change the programme…")}</button>`;
}

function planWords({ kind = "matched", seconds, size }) {
  const length = seconds ? lasting(seconds) : t("until you end it");
  if (kind === "matched") return t("{length}, rooms of {size}", { length, size });
  return t("{length}, {kind}", { length, kind: kindWords(kind) });
}

function seatlessWords(kind) {
  return kind === "plenary"
    ? t("Nobody is seated: you speak to everybody.") : t("Nobody is seated: people choose their rooms.");
}

function Numbers({ board, proposal }) {
  return html`<dl class="numbers">${numberRows(board, proposal).map(([label, value]) => html`<div key=${label}><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** Whom the next round may do some good: folded up, by name, and no ranking. */
function MetFew({ host }) {
  const { met_few: few, event } = host.board.value;
  if (!few.length || event.phase === "ended") return null;
  return html`<details class="more met-few">
    <summary>${tn("{n} person has met few people so far", "{n} people have met few people so far", few.length)}</summary>
    <p class="second">${t("In rounds that are over, among those who are here. Keep them with somebody in the next seating, or move them.")}</p>
    <ul class="people-chips">${few.map((one) => html`<li key=${one.id}>
      <button type="button" class="person-chip" onClick=${() => host.show({ kind: "person", id: one.id })}>
        <${Dot} id=${one.id} name=${one.name} size=${28} />
        <span><bdi>${one.name}</bdi><span class="second">${one.met ? tn("met {n}", "met {n}", one.met) : t("met nobody")}</span></span>
      </button></li>`)}</ul>
  </details>`;
}

function Deliveries({ host }) {
  const { deliveries, event } = host.board.value;
  if (!deliveries.length) return null;
  const latest = [...deliveries].sort((a, b) => b.at - a.at).slice(0, DELIVERIES_SHOWN);
  return html`<section class="deliveries" aria-labelledby="deliveries-title">
    <h2 id="deliveries-title">${t("Announcements")}</h2>
    <ul class="need-list">${latest.map((delivery) => html`<li key=${delivery.id} class="card good">
      <h3>${t("Reached {n} of {all}", { n: number(delivery.reached), all: number(delivery.of) })}</h3>
      <p><q>${delivery.text}</q></p>
      <p class="second">${timeOfDay(delivery.at, event.time_zone)}</p>
    </li>`)}</ul>
  </section>`;
}

function Log({ host }) {
  const board = host.board.value;
  const lines = [...board.log].reverse()
    .map((line) => ({ at: line.at, sentence: logSentence(board, line) }))
    .filter(({ sentence }) => sentence)
    .slice(0, LINES_SHOWN);
  return html`<section class="log" aria-labelledby="log-title">
    <h2 id="log-title">${t("What happened")}</h2>
    ${lines.length ? html`<ol>${lines.map(({ at, sentence }, index) => html`<li key=${`${at}-${lines.length - index}`}>
      <time datetime=${new Date(at).toISOString()}>${timeOfDay(at, board.event.time_zone)}</time><span>${sentence}</span></li>`)}</ol>`
    : html`<p class="second">${t("Nothing yet.")}</p>`}
  </section>`;
}
