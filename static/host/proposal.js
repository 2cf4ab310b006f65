// The proposal for the next round, to look at and to change: swap two people, keep people or rooms,
// draw the rest anew, say what gives way. Everything works by keyboard, and by dragging with a mouse.
// A room here is a place in the proposal; its number may be another room's in the next one.

import { Dot } from "../circle.js";
import { Icon } from "../icons.js";
import { html, useLayoutEffect, useRef, useState } from "../view.js";
import { number, t, tn } from "../words.js";
import { folded, nameMatches, nameOf, seatOf } from "./board.js";
import { makeDragging } from "./dragging.js";
import { causeWords, choiceWords, numberRows, outcomeWords, whyWords } from "./proposal-words.js";
import { Refusal } from "./refusal.js";
import { UndoButton } from "./undo.js";

const PLACE = "proposal";
const ROOMS_SHOWN = 40;

/** Returns the sheet with the next round's seating. */
export function proposalPanel(host) {
  const { proposal, event } = host.board.value;
  const there = proposal && proposal.seated > 0 && event.phase !== "ended";
  return {
    title: there ? t("Seating of round {round}", { round: proposal.round }) : t("Seating of the next round"),
    wide: true,
    body: there ? html`<${Proposal} host=${host} />`
      : html`<p class="second">${t("There is no proposal now. It is worked out as people come.")}</p>`,
  };
}

function Proposal({ host }) {
  const board = host.board.value;
  const { proposal } = board;
  const [chosen, choose] = useState(null);
  const [text, setText] = useState("");
  const [shown, setShown] = useState(ROOMS_SHOWN);
  const [said, say] = useState("");
  const root = useRef(null);
  useKeptFocus(root);
  const selected = isPlaced(proposal, chosen) ? chosen : null;

  async function change(type, fields, sentence) {
    choose(null);
    // What names a room, or two people's seats, is meant of the proposal that is shown.
    const seen = type === "swap" || fields.room ? { seen: proposal.version } : {};
    if (await host.ask(PLACE, type, { ...fields, ...seen })) say(sentence);
  }
  const name = (id) => nameOf(board, id);
  const swap = (a, b) => change("swap", { a, b }, t("{a} and {b} changed places.", { a: name(a), b: name(b) }));
  const bring = (id, room) => change("pin", { people: [id], room: room.id },
    t("{name} is in room {n} and stays there.", { name: name(id), n: room.id }));
  const pick = (id) => {
    if (selected === id) return choose(null);
    if (selected && canSwap(proposal, selected, id)) return swap(selected, id);
    choose(id);
    return say(t("{name} is selected. Choose whom to swap with.", { name: name(id) }));
  };
  const drop = (id, to) => {
    if (to.person && canSwap(proposal, id, to.person)) return swap(id, to.person);
    const room = proposal.seating.find((one) => one.id === to.room);
    return room && !room.people.includes(id) ? bring(id, room) : undefined;
  };
  const drag = useRef(null);
  drag.current ??= makeDragging();
  drag.current.dropped = drop;

  const doing = { selected, pick, bring, change, drag: drag.current };
  const sought = folded(text);
  const rooms = proposal.seating.filter((room) => isMeant(board, room, sought));
  return html`<div class="proposal" ref=${root}>
    <p class="visually-hidden" role="status">${said}</p>
    <${Numbers} board=${board} proposal=${proposal} />
    <${GivingWay} host=${host} board=${board} proposal=${proposal} change=${change} />
    <${Tools} host=${host} proposal=${proposal} change=${change} text=${text} setText=${setText} />
    <${Refusal} host=${host} place=${PLACE} />
    <${SittingOut} board=${board} proposal=${proposal} doing=${doing} />
    <p class="visually-hidden" role="status">${sought ? tn("{n} room found", "{n} rooms found", rooms.length) : ""}</p>
    <ul class="proposed-rooms" aria-label=${t("Proposed rooms")}>${rooms.slice(0, shown).map((room) => html`
      <${Room} key=${room.people[0]} board=${board} room=${room} doing=${doing} />`)}</ul>
    ${!rooms.length && html`<p class="second">${t("Nobody by that name is in the proposal.")}</p>`}
    ${rooms.length > shown && html`<button type="button" class="button wide" onClick=${() => setShown(shown + ROOMS_SHOWN)}>
      ${tn("Show {n} more room", "Show {n} more rooms", Math.min(ROOMS_SHOWN, rooms.length - shown))}
      <span class="second">${t("of {n}", { n: number(rooms.length - shown) })}</span></button>`}
    ${selected && html`<${Selected} board=${board} proposal=${proposal} id=${selected} doing=${doing} cancel=${() => choose(null)} />`}
  </div>`;
}

function isPlaced(proposal, id) {
  return id != null && (proposal.sitting_out.includes(id) || proposal.seating.some((room) => room.people.includes(id)));
}

/** Two people may swap who sit in different rooms, or of whom one sits out. */
function canSwap(proposal, a, b) {
  const home = (id) => proposal.seating.find((room) => room.people.includes(id))?.id ?? "";
  return a !== b && home(a) !== home(b);
}

function isMeant(board, room, sought) {
  if (!sought) return true;
  if (/^\d+$/.test(sought)) return room.id === sought;
  return room.people.some((id) => nameMatches(nameOf(board, id), sought));
}

function Numbers({ board, proposal }) {
  return html`<dl class="numbers proposal-numbers">${numberRows(board, proposal).map(([label, value]) => html`
    <div key=${label}><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function GivingWay({ host, board, proposal, change }) {
  const { causes = [], relaxations = [], allow = "programme" } = proposal;
  if (!causes.length && !relaxations.length && allow === "programme") return null;
  const sentences = causes.map((cause) => causeWords(board, cause)).filter(Boolean);
  const relax = (to, called) => change("relax", { allow: to }, t("The next round is drawn anew: {choice}.", { choice: called }));
  return html`<section class="card attention giving-way" aria-labelledby="giving-way-title">
    <h3 id="giving-way-title">${causes.length || relaxations.length
      ? t("Not everything can hold at once") : t("You chose what gives way")}</h3>
    ${sentences.length > 0 && html`<p>${t("In the way:")}</p><ul class="causes">${sentences.map((sentence) => html`<li key=${sentence}>${sentence}</li>`)}</ul>`}
    <div class="choices" role="group" aria-label=${t("What gives way in the next round")}>
      ${relaxations.map((choice) => html`<button type="button" class="button choice" key=${choice.allow} data-focus=${`relax-${choice.allow}`}
        aria-pressed=${String(allow === choice.allow)} disabled=${host.waiting.value[PLACE] === "relax"}
        onClick=${() => (allow === choice.allow ? relax("programme", t("as the programme says")) : relax(choice.allow, choiceWords(choice.allow)))}>
        <span class="strong">${choiceWords(choice.allow)}</span>
        <span class="second">${outcomeWords(board, choice)}</span></button>`)}
      ${allow !== "programme" && html`<button type="button" class="button choice" key="programme" data-focus="relax-programme"
        onClick=${() => relax("programme", t("as the programme says"))}>${t("Leave it to the programme again")}</button>`}
    </div>
  </section>`;
}

function Tools({ host, proposal, change, text, setText }) {
  const kept = proposal.seating.some((room) => room.pinned || room.together?.length);
  return html`<div class="proposal-tools">
    <label class="search"><${Icon} name="search" /><input class="input" type="search" value=${text} placeholder=${t("Find a person or room")}
      aria-label=${t("Find a person or room")} onInput=${(event) => setText(event.target.value)} /></label>
    <button type="button" class="button" data-focus="reshuffle" onClick=${() => change("reshuffle", {}, t("Another seating is being drawn."))}>
      <${Icon} name="armchair" />${kept ? t("Draw the rest anew") : t("Draw another seating")}</button>
    ${kept && html`<button type="button" class="button" data-focus="unpin" onClick=${() => change("pin", {}, t("Nothing is kept any more."))}>
      ${t("Keep nothing")}</button>`}
    <${UndoButton} host=${host} press=${() => change("undo", {}, t("Taken back."))} />
  </div>`;
}

function SittingOut({ board, proposal, doing }) {
  if (!proposal.sitting_out.length) return null;
  return html`<section class="card proposed-out" aria-labelledby="out-title">
    <h3 id="out-title">${t("Sit out")} <span class="second">${t("swap somebody with a seat for them")}</span></h3>
    <ul class="proposed-people">${proposal.sitting_out.map((id) => html`<li key=${id}><${Person} board=${board} id=${id} doing=${doing} /></li>`)}</ul>
  </section>`;
}

function Room({ board, room, doing }) {
  const { selected, bring, change } = doing;
  const onSite = seatOf(board, room.people[0])?.mode === "on-site";
  const why = whyWords(board, room);
  const comes = selected && !room.people.includes(selected) ? selected : null;
  const keep = () => change("pin", { room: room.id, keep: !room.pinned },
    room.pinned ? t("Room {n} may change again.", { n: room.id }) : t("Room {n} stays as it is.", { n: room.id }));
  return html`<li class=${`card proposed-room${room.pinned ? " kept" : ""}`} data-room=${room.id}>
    <div class="proposed-head"><h3>${t("Room {n}", { n: room.id })}${onSite && html` <span class="second">${t("on site")}</span>`}</h3>
      <button type="button" class="button small" data-focus=${`keep-${room.people[0]}`} aria-pressed=${String(room.pinned)} aria-label=${t("Keep room {n} as it is", { n: room.id })} onClick=${keep}>
        <${Icon} name=${room.pinned ? "check" : "map-pin"} size=${16} />${room.pinned ? t("Kept") : t("Keep")}</button></div>
    ${room.topic && html`<p class="second">${room.topic}</p>`}
    <ul class="proposed-people">${room.people.map((id) => html`<li key=${id}>
      <${Person} board=${board} id=${id} doing=${doing} kept=${!room.pinned && (room.together ?? []).includes(id)} /></li>`)}</ul>
    ${why.length > 0 && html`<ul class="why second">${why.map((sentence) => html`<li key=${sentence}>${sentence}</li>`)}</ul>`}
    ${comes && html`<button type="button" class="button wide" data-focus=${`bring-${room.people[0]}`} onClick=${() => bring(comes, room)}>
      ${t("Bring {name} here", { name: nameOf(board, comes) })}</button>`}
  </li>`;
}

function Person({ board, id, doing, kept = false }) {
  const name = nameOf(board, id) || t("Somebody");
  return html`<button type="button" class=${`person-chip proposed-person${kept ? " kept" : ""}`} data-person=${id} data-focus=${`p-${id}`}
    aria-pressed=${String(doing.selected === id)} onPointerDown=${(event) => doing.drag.begin(event, id)}
    onClick=${() => { if (!doing.drag.justDragged()) doing.pick(id); }}>
    <${Dot} id=${id} name=${name} size=${28} /><bdi>${name}</bdi>
    ${kept && html`<span class="second">${t("kept")}</span>`}</button>`;
}

function Selected({ board, proposal, id, doing, cancel }) {
  const name = nameOf(board, id);
  const room = proposal.seating.find((one) => one.people.includes(id));
  const kept = room?.together?.includes(id);
  const keep = () => doing.change("pin", { people: [id], keep: !kept },
    kept ? t("{name} may be seated elsewhere again.", { name }) : t("{name} stays in this room.", { name }));
  return html`<div class="selected-bar card" role="group" aria-label=${t("{name} is selected", { name })}>
    <p><bdi class="strong">${name}</bdi> <span class="second">${t("Choose whom to swap with.")}</span></p>
    <div class="buttons">
      ${room && !room.pinned && html`<button type="button" class="button" onClick=${keep}>${kept ? t("Let {name} go", { name }) : t("Keep {name} in this room", { name })}</button>`}
      <button type="button" class="button" onClick=${cancel}>${t("Cancel")}</button>
    </div>
  </div>`;
}

/** Gives the focus back to what had it when drawing anew has taken it away, wherever that is now. */
function useKeptFocus(root) {
  const kept = useRef(null);
  useLayoutEffect(() => {
    const place = root.current;
    const came = (event) => { kept.current = event.target.closest("[data-focus]")?.dataset.focus ?? null; };
    place.addEventListener("focusin", came);
    return () => place.removeEventListener("focusin", came);
  }, []);
  useLayoutEffect(() => {
    const now = document.activeElement;
    if (!kept.current || (now && now !== document.body && now.tagName !== "DIALOG")) return;
    root.current.querySelector(`[data-focus="${CSS.escape(kept.current)}"]`)?.focus({ preventScroll: true });
  });
}
