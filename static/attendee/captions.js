/** Live captions in the room: the button, what it asks and says first, and the last lines. */
import { Dot } from "../circle.js";
import { Icon } from "../icons.js";
import { makeCaptions } from "../media/captions.js";
import { browserKind } from "../media/browsers.js";
import { microphone } from "../media/devices.js";
import { recognition } from "../media/recogniser.js";
import { findCard } from "../state.js";
import { html, signal, useEffect, useId, useRef, useState } from "../view.js";
import { currentLanguage, nameList, t } from "../words.js";
import { Action, Cross } from "./pieces.js";
import { announce, hand, hearSignals, state } from "./session.js";

const SHOWN = 4;
/** What people may say they speak; the recogniser is told, never asked to guess. */
const LANGUAGES = [
  ["en-US", "English"],
  ["ja-JP", "日本語"],
  ["zh-CN", "中文"],
  ["ko-KR", "한국어"],
  ["es-ES", "Español"],
  ["fr-FR", "Français"],
  ["de-DE", "Deutsch"],
  ["pt-BR", "Português"],
];

const captions = makeCaptions({ state, microphone, hand, Recognition: recognition() });
hearSignals(({ from, data }) => captions.receive(from, data));

/** Whose request was put aside, by room: it is not asked again there. */
const aside = signal("");
/** Whether a screen reader reads lines out as they come: never by itself. */
const readOut = signal(false);

/** Everything about captions, below the tiles. */
export function Captions() {
  const [open, setOpen] = useState(false);
  const id = useId();
  const { wished, wishers, giving } = captions;
  const lit = wished.value || giving.value.state === "on";
  const asked = wishers.value.size > 0 && giving.value.state === "off" && !open;
  return html`<section class="captions stack tight" aria-label=${t("Captions")}>
    ${asked && aside.value !== asideKey() && html`<${Asked} open=${() => setOpen(true)} />`}
    ${lit && html`<${Strip} />`}
    <div class="row captions-row">
      <${Action} icon="captions" className="plain" aria-expanded=${open} aria-controls=${id} onClick=${() => setOpen(!open)}>${t("Captions")}<//>
      <span class="second" role="status">${standingWords()}</span>
      ${giving.value.state === "on" && html`<button type="button" class="link-button" onClick=${captions.stopGiving}>${t("Stop mine")}</button>`}
    </div>
    <div id=${id} class="captions-panel" hidden=${!open}>${open && html`<${Panel} close=${() => setOpen(false)} />`}</div>
  </section>`;
}

function asideKey() {
  return `${state.value.room.id}:${[...captions.wishers.value].sort().join()}`;
}

function standingWords() {
  const { giving, wished } = captions;
  if (giving.value.state === "on")
    return microphone.value.state === "on"
      ? t("Your browser writes down what you say.")
      : t("Yours go on when your microphone is on.");
  if (giving.value.state === "failed") return problemWords(giving.value.problem);
  return wished.value ? t("You read what those write down who said yes.") : "";
}

function namesOf(ids) {
  return nameList([...ids].map((id) => findCard(state.value, id)?.name || t("Someone")));
}

/** Somebody asks for captions: each decides for themselves, and a no is not told. */
function Asked({ open }) {
  const names = namesOf(captions.wishers.value);
  const sentence = t(
    "{names} would like to read what is said. May your browser write down what you say?",
    { names },
  );
  const said = useRef("");
  useEffect(() => {
    if (said.current !== sentence) announce(sentence);
    said.current = sentence;
  }, [sentence]);
  return html`<div class="card soft row wrap captions-asked">
    <p class="grow"><bdi>${sentence}</bdi></p>
    <div class="buttons">
      <button type="button" class="button primary" onClick=${open}>${t("See what that means")}</button>
      <button type="button" class="button" onClick=${() => (aside.value = asideKey())}>${t("Not now")}</button>
    </div>
  </div>`;
}

/** The last lines by speaker. Read out only where somebody chose so. */
function Strip() {
  const lines = captions.lines.value.slice(-SHOWN);
  return html`<div class="captions-strip" role="log" aria-live=${readOut.value ? "polite" : "off"} aria-label=${t("What was said")}>
    ${lines.length === 0 && html`<p class="second">${captions.wished.value ? t("Nothing has been written down yet. Your roommates have been asked.") : t("Nothing has been written down yet.")}</p>`}
    ${lines.map((line) => html`<${Line} key=${line.key} line=${line} />`)}
  </div>`;
}

function Line({ line }) {
  const card = findCard(state.value, line.from);
  const name = line.from === state.value.you.id ? t("You") : card?.name || t("Someone");
  return html`<p class=${`captions-line${line.final ? "" : " half"}`}>
    <${Dot} id=${line.from} name=${card?.name ?? name} size=${24} />
    <span><bdi class="strong">${name}</bdi> <span dir="auto">${line.text}</span></span>
  </p>`;
}

function Panel({ close }) {
  return html`<div class="card stack">
    <div class="row spread">
      <h2 class="card-title">${t("Captions")}</h2>
      <${Cross} word=${t("Close")} onClick=${close} />
    </div>
    <div class="stack tight">
      <label class="check">
        <input type="checkbox" checked=${captions.wished.value} onChange=${(event) => captions.wish(event.target.checked)} />
        <span><strong>${t("I would like to read what is said")}</strong> <span class="second">${t("Everybody in the room is asked whether their browser may write down what they say. Each decides alone; the next rooms are asked anew.")}</span></span>
      </label>
      ${
        captions.wished.value &&
        html`<label class="check">
          <input type="checkbox" checked=${readOut.value} onChange=${(event) => (readOut.value = event.target.checked)} />
          <span>${t("Let my screen reader read the lines out")}</span>
        </label>`
      }
    </div>
    <${Mine} close=${close} />
  </div>`;
}

/** One's own speech: where its sound goes is said before anybody can say yes. */
function Mine({ close }) {
  const { giving, can } = captions;
  const id = useId();
  const [language, setLanguage] = useState(giving.value.language || pageLanguage());
  const [local, setLocal] = useState(null);
  useEffect(() => {
    let gone = false;
    setLocal(null);
    captions.isLocal(language).then((stays) => gone || setLocal(stays));
    return () => {
      gone = true;
    };
  }, [language]);
  if (!can)
    return html`<p>${t("This browser cannot write down speech; current Chrome, Edge and Safari can. What you write in the chat can be read by everybody.")}</p>`;
  const begin = async () => {
    await captions.give(language);
    close();
  };
  return html`<div class="stack tight">
    <p class="strong">${t("What you say, for the others to read")}</p>
    <p>${whereWords(local)}</p>
    <p class="second">${t("Only those in this room who asked read the lines, and nobody keeps them. It ends with the room, and whenever you like; while your microphone is off it hears nothing.")}</p>
    ${giving.value.state === "failed" && html`<p class="card attention" role="alert">${problemWords(giving.value.problem)}</p>`}
    <div class="field">
      <label for=${id}>${t("The language I speak")}</label>
      <select id=${id} class="input" onChange=${(event) => setLanguage(event.target.value)}>
        ${LANGUAGES.map(([code, name]) => html`<option key=${code} value=${code} lang=${code} selected=${code === language}>${name}</option>`)}
      </select>
    </div>
    <div class="buttons">
      ${
        giving.value.state === "on"
          ? html`<button type="button" class="button" onClick=${captions.stopGiving}>${t("Stop writing down what I say")}</button>`
          : html`<button type="button" class="button primary" onClick=${begin}>${t("Yes, write down what I say")}</button>`
      }
    </div>
  </div>`;
}

function pageLanguage() {
  return LANGUAGES.find(([code]) => code.startsWith(currentLanguage()))?.[0] ?? LANGUAGES[0][0];
}

/** Where the sound goes. */
function whereWords(local) {
  if (local)
    return t(
      "Your browser does this on this device: the sound of your voice goes nowhere else for it.",
    );
  switch (browserKind(navigator.userAgent)) {
    case "safari":
      return t(
        "Your browser does this, and may send the sound of your microphone to Apple's servers for it. What is done with it there is Apple's to say.",
      );
    default:
      return t(
        "Your browser does this, and sends the sound of your microphone to its maker's servers for it (Google's with Chrome, Microsoft's with Edge). What is done with it there is theirs to say.",
      );
  }
}

function problemWords(problem) {
  switch (problem) {
    case "refused":
      return t(
        "The browser does not allow it. In its settings, speech recognition or the microphone is blocked for this page.",
      );
    case "language":
      return t("The browser does not know this language. Please choose another.");
    case "silences":
      return t(
        "This device gives its microphone to one thing at a time: for captions the others would not have heard you. So yours have stopped.",
      );
    case "no-sound":
      return t(
        "The browser gets no sound from the microphone. Is it on, and not in use elsewhere?",
      );
    default:
      return t("The browser's recogniser does not answer. The others can be told in the chat.");
  }
}
