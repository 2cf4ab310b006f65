// The programme while it runs: a sheet in which hosts add, drop, move and change rounds to come.
// What another host changed meanwhile is not overwritten: the server refuses it by its revision.

import { Icon } from "../icons.js";
import { html, useEffect, useId, useState } from "../view.js";
import { t } from "../words.js";
import { Refusal } from "./refusal.js";

const PLACE = "programme";
const FRESH = {
  kind: "matched", seconds: 480, size: 4, least: null, most: null, break_seconds: 60,
  preview_seconds: 20, walking_seconds: 120, auto: false, more_time: true, prompt: "", topics: [],
  topic_most: null, stream_url: "",
};

/** Returns the sheet's title and body. */
export function programmePanel(host) {
  const { plan, event } = host.board.value;
  return {
    title: t("Rounds to come"),
    second: event.round
      ? t("Round {n} stays as it is: extend or end it at the clock.", { n: event.round })
      : t("Everybody sees the new plan at once."),
    body: plan
      ? html`<${Editor} host=${host} plan=${plan} />`
      : html`<p>${t("One moment, please")}</p>`,
  };
}

/** Returns what a kind of round is called. */
export function kindWords(kind) {
  switch (kind) {
    case "topics":
      return t("by topic");
    case "open":
      return t("open floor");
    case "plenary":
      return t("all together");
    default:
      return t("matched");
  }
}

/** Returns a round as `change-programme` takes it: `round` is its place in the list. */
export function asAsked({ round, key, words, ...planned }) {
  const asked = { ...planned, topics: words ? lines(words) : planned.topics };
  if (asked.kind !== "topics") asked.topics = [];
  if (asked.kind !== "plenary") asked.stream_url = "";
  if (asked.kind !== "open" && asked.seconds === 0) asked.seconds = FRESH.seconds;
  // What follows from the size is left to the server where the size was changed.
  if (asked.least !== null && asked.least > asked.size) asked.least = null;
  if (asked.most !== null && asked.most < asked.size) asked.most = null;
  return asked;
}

function lines(words) {
  return words.split("\n").map((line) => line.trim()).filter(Boolean);
}

function keyed(plan) {
  return plan.rounds.map((planned, key) => ({ ...planned, key }));
}

function Editor({ host, plan }) {
  const [rounds, setRounds] = useState(() => keyed(plan));
  const [changed, setChanged] = useState(false);
  const [revision, setRevision] = useState(plan.revision);
  const read = () => {
    setRounds(keyed(plan));
    setRevision(plan.revision);
    setChanged(false);
    host.forget(PLACE);
  };
  const overtaken = plan.revision !== revision;
  useEffect(() => {
    if (overtaken && !changed) read();
  });
  const first = host.board.value.event.round + 1;
  const put = (next) => {
    setRounds(next);
    setChanged(true);
  };
  const change = (at, fields) => put(rounds.map((one, i) => (i === at ? { ...one, ...fields } : one)));
  const move = (at, by) => {
    const next = [...rounds];
    next.splice(at + by, 0, ...next.splice(at, 1));
    put(next);
  };
  const add = () => {
    const like = rounds.at(-1) ?? FRESH;
    const key = Math.max(-1, ...rounds.map((one) => one.key)) + 1;
    put([...rounds, { ...FRESH, size: like.size, seconds: like.seconds || FRESH.seconds, key }]);
  };
  const save = async (event) => {
    event.preventDefault();
    const fields = { rounds: rounds.map(asAsked), revision };
    if (await host.ask(PLACE, "change-programme", fields)) host.back();
  };
  return html`<form class="stack programme-form" onSubmit=${save}>
    ${rounds.length === 0 && html`<p>${t("No further round is planned.")}</p>`}
    <ol class="programme-rounds" start=${first}>
      ${rounds.map((one, at) => html`<li key=${one.key}><${Round} one=${one} number=${first + at}
        onChange=${(fields) => change(at, fields)} onDrop=${() => put(rounds.filter((_, i) => i !== at))}
        onUp=${at > 0 ? () => move(at, -1) : null} onDown=${at < rounds.length - 1 ? () => move(at, 1) : null} /></li>`)}
    </ol>
    <button type="button" class="button" onClick=${add}><${Icon} name="plus" />${t("Add a round")}</button>
    <${Refusal} host=${host} place=${PLACE} />
    ${overtaken && changed && html`<div class="card attention stack tight" role="status">
      <p>${t("The programme was changed meanwhile, so this cannot be saved.")}</p>
      <button type="button" class="button" onClick=${read}>${t("Show it as it is now")}</button>
    </div>`}
    <div class="buttons sheet-actions">
      <button type="submit" class="button primary" disabled=${!changed}><${Icon} name="check" />${t("Save the programme")}</button>
    </div>
  </form>`;
}

function Round({ one, number, onChange, onDrop, onUp, onDown }) {
  const typed = (name, factor = 1) => (event) => {
    const value = Math.round(Number(event.target.value) * factor);
    if (Number.isFinite(value)) onChange({ [name]: value });
  };
  const open = one.kind === "open";
  const seated = one.kind === "matched" || one.kind === "topics";
  return html`<fieldset class="card stack tight">
    <legend class="strong">${t("Round {n}", { n: number })}</legend>
    <div class="programme-fields">
      <${Field} label=${t("Kind")}>${(id) => html`<select id=${id} value=${one.kind} onChange=${(event) => onChange({ kind: event.target.value })}>
        ${["matched", "topics", "open", "plenary"].map((kind) => html`<option key=${kind} value=${kind} selected=${kind === one.kind}>${kindWords(kind)}</option>`)}
      </select>`}<//>
      <${Field} label=${open ? t("Minutes (0: until you end it)") : t("Minutes")}>${(id) => html`<input id=${id} type="number" min=${open ? 0 : 0.5} max="1440" step="0.5" required
        value=${one.seconds / 60} onChange=${typed("seconds", 60)} />`}<//>
      ${seated && html`<${Field} label=${t("People in a room")}>${(id) => html`<input id=${id} type="number" min="2" max="100" required value=${one.size} onChange=${typed("size")} />`}<//>`}
      ${open && html`<${Field} label=${t("At most in a room")}>${(id) => html`<input id=${id} type="number" min="2" max="100" required value=${one.most ?? 6}
        onChange=${(event) => onChange({ most: Number(event.target.value), size: Math.min(one.size, Number(event.target.value)), least: 2 })} />`}<//>`}
      <${Field} label=${t("Break after it, minutes")}>${(id) => html`<input id=${id} type="number" min="0" max="1440" step="0.5" required value=${one.break_seconds / 60} onChange=${typed("break_seconds", 60)} />`}<//>
    </div>
    ${one.kind === "topics" && html`<${Field} label=${t("Topics, one in a line")}>${(id) => html`<textarea id=${id} rows="3"
      onInput=${(event) => onChange({ words: event.target.value, topics: lines(event.target.value) })}>${one.words ?? one.topics.join("\n")}</textarea>`}<//>`}
    ${one.kind === "plenary" && html`<${Field} label=${t("Address of your stream (https)")}>${(id) => html`<input id=${id} type="url" maxlength="500" placeholder="https://" value=${one.stream_url}
      onInput=${(event) => onChange({ stream_url: event.target.value })} />`}<//>`}
    ${seated && html`<${Field} label=${t("To begin with (a question for every room)")}>${(id) => html`<input id=${id} maxlength="1000" value=${one.prompt} onInput=${(event) => onChange({ prompt: event.target.value })} />`}<//>`}
    <label class="check"><input type="checkbox" checked=${one.auto} onChange=${(event) => onChange({ auto: event.target.checked })} /><span>${t("Starts by itself")}</span></label>
    <div class="buttons">
      <button type="button" class="button" disabled=${!onUp} onClick=${onUp} aria-label=${t("Round {n} earlier", { n: number })}>${t("Earlier")}</button>
      <button type="button" class="button" disabled=${!onDown} onClick=${onDown} aria-label=${t("Round {n} later", { n: number })}>${t("Later")}</button>
      <button type="button" class="button" onClick=${onDrop} aria-label=${t("Drop round {n}", { n: number })}><${Icon} name="trash-2" />${t("Drop")}</button>
    </div>
  </fieldset>`;
}

function Field({ label, children }) {
  const id = useId();
  return html`<div class="field"><label for=${id}>${label}</label>${children(id)}</div>`;
}
