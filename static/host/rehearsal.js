// Rehearsing from the console: a copy of the event is played in the background; this shows how it
// goes and what came of it. It asks over HTTP, once a second while the sheet is open and one runs.

import { html, useEffect, useRef, useState } from "../view.js";
import { list, number, t, tn } from "../words.js";
import { clockText } from "../clock.js";
import { lasting } from "./sentences.js";

const SPEEDS = [10, 5, 2, 1];
const LOOK_MS = 1000;
/** How often a busy server is asked again before its host reads that it is busy. */
const TRIES = 3;

/** Returns the sheet. */
export function rehearsalPanel(host) {
  return {
    title: t("Rehearse the evening"),
    body: html`<${Rehearsal} host=${host} />`,
  };
}

function Rehearsal({ host }) {
  const [now, setNow] = useState(null);
  const [problem, setProblem] = useState("");
  const path = `${host.api}/rehearsal`;

  async function ask(method, body) {
    try {
      const answer = await patiently(() => fetch(path, {
        method, headers: body ? { "content-type": "application/json" } : {}, body: body ? JSON.stringify(body) : undefined,
      }));
      const told = await answer.json();
      if (!answer.ok) return setProblem(told.detail ?? told.title);
      setNow(told);
      return setProblem("");
    } catch {
      return setProblem(t("The server did not answer. It is tried again."));
    }
  }
  const looks = useRef(false);
  async function look() {
    if (looks.current) return; // the last look still waits for its answer
    looks.current = true;
    await ask("GET");
    looks.current = false;
  }
  const waits = now === null || now.state === "running";
  useEffect(() => { look(); }, []);
  useEffect(() => {
    if (!waits) return undefined;
    const looking = setInterval(look, LOOK_MS);
    return () => clearInterval(looking);
  }, [waits]);

  return html`<div class="stack rehearsal">
    <p>${t("A copy of the event is played with simulated people: the same programme and the same list, on a server of its own. The real event is not touched, and nobody on the list hears of it.")}</p>
    <div class="refusal-place" role="alert">${problem && html`<p class="refusal">${problem}</p>`}</div>
    ${!now ? html`<p class="second">${t("Looking…")}</p>`
    : waits ? html`<${Running} host=${host} now=${now} cancel=${() => ask("DELETE")} />`
    : html`<${Outcome} now=${now} /><${Begin} host=${host} again=${now.state !== "none"} begin=${(asked) => ask("POST", asked)} />`}
  </div>`;
}

/**
 * Sends again while the server asks for patience (503): for a moment, as a busy machine does. Where it
 * had begun and could not say so, it gave that up.
 */
async function patiently(send) {
  for (let left = TRIES; ; left -= 1) {
    const answer = await send();
    if (answer.status !== 503 || left === 0) return answer;
    const seconds = Number(answer.headers.get("retry-after")) || 2;
    await new Promise((done) => { setTimeout(done, 1000 * seconds); });
  }
}

/** Who behaves how, in percent of all people: what is asked for, and what it is without asking. */
const SHARES = { late: 10, dropping: 5, leaving: 3, silent: 0 };

function shareWords(name) {
  switch (name) {
    case "late": return t("come late");
    case "dropping": return t("lose the connection and come back");
    case "leaving": return t("leave early");
    default: return t("never look at the page");
  }
}

function Begin({ host, again, begin }) {
  const [speed, setSpeed] = useState(SPEEDS[0]);
  const [shares, setShares] = useState(SHARES);
  const [onSite, setOnSite] = useState(null); // null: as on the list
  const asked = { speed, ...shares, ...(onSite === null ? {} : { on_site: onSite }) };
  const whole = (host.programme ?? []).reduce((all, one) => all + (one.seconds || 300) + one.break_seconds + one.preview_seconds, 0);
  return html`<div class="field"><label for="speed">${t("How fast?")}</label>
      <select id="speed" class="input" data-first value=${speed} onChange=${(event) => setSpeed(Number(event.target.value))}>
        ${SPEEDS.map((each) => html`<option key=${each} value=${each}>${each === 1
          ? t("as fast as the real evening") : t("{n} times as fast", { n: each })}</option>`)}</select>
      <p class="second">${t("It takes about {length}.", { length: lasting(Math.max(1, Math.round(whole / speed / 60)) * 60) })}</p></div>
    <fieldset class="shares"><legend>${t("Of 100 people, so many…")}</legend>
      ${Object.keys(SHARES).map((name) => html`<${Share} key=${name} words=${shareWords(name)} value=${shares[name]}
        change=${(value) => setShares({ ...shares, [name]: value })} />`)}
      <label class="check"><input type="checkbox" checked=${onSite === null}
        onChange=${(event) => setOnSite(event.target.checked ? null : 20)} /><span>${t("On site as on the list")}</span></label>
      ${onSite !== null && html`<${Share} words=${t("are on site")} value=${onSite} change=${setOnSite} />`}
    </fieldset>
    <button type="button" class="button primary" onClick=${() => begin(asked)}>${again ? t("Rehearse again") : t("Start the rehearsal")}</button>`;
}

function Share({ words, value, change }) {
  return html`<label class="share"><input class="input" type="number" min="0" max="100" step="1" inputmode="numeric" value=${value}
    onChange=${(event) => change(Math.min(100, Math.max(0, Math.round(event.target.valueAsNumber || 0))))} /><span>${words}</span></label>`;
}

function Running({ host, now, cancel }) {
  const { standing } = now;
  const rows = standing ? [
    [t("Round"), t("{round} of {rounds}", { round: standing.round, rounds: now.rounds })],
    [t("Connected"), t("{n} of {all}", { n: number(standing.connected), all: number(standing.people) })],
    [t("In rooms"), number(standing.seated)],
    [t("Messages"), number(standing.said)],
  ] : [];
  return html`<div class="card soft stack tight">
      <p class="strong" role="status">${standing?.round ? t("Round {n} is being played.", { n: standing.round }) : t("People are coming in…")}</p>
      <progress class="progress" max=${now.rounds} value=${Math.max(0, (standing?.round ?? 0) - 0.5)} aria-label=${t("Rounds played")}></progress>
      <dl class="numbers">${rows.map(([label, value]) => html`<div key=${label}><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
      <p class="second">${t("Since {time}; you can close this and come back.", { time: clockText(Math.max(0, host.now.value - now.began_at)) })}</p>
    </div>
    <button type="button" class="button" onClick=${cancel}>${t("Cancel the rehearsal")}</button>`;
}

function Outcome({ now }) {
  if (now.state === "cancelled") return html`<p class="card">${t("The last rehearsal was cancelled.")}</p>`;
  if (now.state === "failed") return html`<p class="card attention">${t("The last rehearsal broke off. Please try it again.")}</p>`;
  if (!now.figures) return null;
  const rows = reportRows(now.figures);
  const wrong = rows.filter((row) => !row.good).length;
  return html`<section class="stack tight" aria-labelledby="report-title">
    <h3 id="report-title">${wrong ? tn("{n} thing to look at", "{n} things to look at", wrong) : t("Everything went as it should")}</h3>
    ${now.left_out > 0 && html`<p class="second">${t("Only the first {n} people of the list took part.", { n: number(now.people) })}</p>`}
    <dl class="numbers">${rows.map((row) => html`<div key=${row.label} class=${row.good ? "" : "not-good"}>
      <dt>${row.label}</dt><dd>${row.good ? "" : html`<span class="mark">${t("look")}</span> `}${row.value}</dd></div>`)}</dl>
  </section>`;
}

/** Returns a report's figures as rows: what, how much, and whether it is as it should be. */
export function reportRows(figures) {
  const seated = list(figures.rounds.map((one) => t("{people} in {rooms}", { people: number(one.seated), rooms: number(one.rooms) })));
  const lateMs = Math.max(0, ...figures.rounds.map((one) => one.end_lateness_ms));
  const row = (label, value, good = true) => ({ label, value, good });
  return [
    row(t("Came in"), t("{n} of {all}", { n: number(figures.joined), all: number(figures.people) }), figures.never_came === 0),
    row(t("Seated, by round"), seated, figures.left_over_silently === 0),
    row(t("Pairs who met again"), number(figures.repeats), !(figures.repeats && figures.repeats_avoidable)),
    row(t("Longest time alone"), t("{n} s", { n: figures.longest_alone_s }), figures.longest_alone_s <= 25),
    row(t("Rounds ended late by"), t("{n} ms", { n: Math.round(lateMs) }), lateMs <= 250),
    row(t("Messages lost"), number(figures.lost + figures.acknowledged_but_unheard), figures.lost + figures.acknowledged_but_unheard === 0),
    row(t("Contacts made"), number(figures.contacts), figures.contacts_missing + figures.contacts_leaked === 0),
    row(t("Minutes that differ from people's own logs"), number(figures.pairs_off + figures.pairs_missing + figures.pairs_invented),
      figures.pairs_off + figures.pairs_missing + figures.pairs_invented === 0),
  ];
}
