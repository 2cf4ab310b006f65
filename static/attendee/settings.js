/** The page's settings: how it calls, its language and colours, and the keys that read things out. */
import { changeTheme, theme } from "../theme.js";
import { html, useEffect, useId, useState } from "../view.js";
import { currentLanguage, t } from "../words.js";
import { keepKeys, keys } from "./beside.js";
import { askToNotify, canVibrate, choices, choose, mayNotify, play } from "./calling-back.js";
import { styles } from "./sheeted.js";
import { ACTIONS, USUAL, withKey } from "./keys.js";
import { LANGUAGES, changeLanguage } from "./language.js";
import { announce, ask } from "./session.js";
import { Sheet } from "./sheet.js";

/** The sheet with all of it. */
export function SettingsSheet() {
  return html`<${Sheet} title=${t("Settings")}>
    <${Calling} />
    <${Languages} />
    <${Colours} />
    <${Keys} />
  <//>`;
}

/** How one is called when a round begins. */
function Calling() {
  const { chime, vibration, notification } = choices.value;
  const [may, setMay] = useState(mayNotify());
  const notify = async (on) => {
    if (!on) return choose("notification", false);
    setMay(await askToNotify(t("This is how a round calls you.")));
  };
  const ring = (on) => {
    choose("chime", on);
    if (on) play("preview");
  };
  return html`<fieldset class="stack tight">
    <legend>${t("When a round begins")}</legend>
    <${Switch} label=${t("Chime")} on=${chime} change=${ring} />
    ${canVibrate() && html`<${Switch} label=${t("Vibrate")} on=${vibration} change=${(on) => choose("vibration", on)} />`}
    ${
      may !== "unsupported" &&
      html`<${Switch} label=${t("Show a notification when I look elsewhere")}
        on=${notification && may === "granted"} change=${notify} />`
    }
    ${may === "denied" && html`<p class="second" role="status">${t("This browser does not allow notifications for this page. You can change that where its address is shown.")}</p>`}
    ${may === "unsupported" && html`<p class="second">${t("This browser has no notifications for pages. The chime works while the page is open.")}</p>`}
  </fieldset>`;
}

function Switch({ label, on, change }) {
  return html`<label class="check">
    <input type="checkbox" checked=${on} onChange=${(event) => change(event.target.checked)} />
    <span>${label}</span>
  </label>`;
}

/** The languages, changed in place. */
export function Languages() {
  const [failed, setFailed] = useState(false);
  const change = async (code) => {
    if (code === currentLanguage()) return;
    const done = await changeLanguage(code);
    setFailed(!done);
    if (done) ask("profile", { locale: code });
  };
  return html`<div class="stack tight">
    <${OneOf} legend=${t("Language")} options=${LANGUAGES.map(([code, name]) => [code, name, code])}
      chosen=${currentLanguage()} change=${change} />
    ${failed && html`<p class="second attention-text" role="status">${t("The other language could not be fetched. Please try again when you are connected.")}</p>`}
  </div>`;
}

function Colours() {
  const [chosen, setChosen] = useState(theme());
  const change = (value) => {
    changeTheme(value);
    setChosen(value);
  };
  return html`<${OneOf} legend=${t("Colours")} chosen=${chosen} change=${change} options=${[
    ["", t("As my device has them")],
    ["light", t("Light")],
    ["dark", t("Dark")],
  ]} />`;
}

function OneOf({ legend, options, chosen, change }) {
  const name = useId();
  return html`<fieldset class="chips">
    <legend>${legend}</legend>
    <div class="chip-row">
      ${options.map(
        ([value, label, lang]) => html`<label class="chip" key=${value} lang=${lang}>
          <input type="radio" name=${name} checked=${chosen === value} onChange=${() => change(value)} />
          <span>${label}</span>
        </label>`,
      )}
    </div>
  </fieldset>`;
}

function actionWords(action) {
  switch (action) {
    case "who":
      return t("Who is here");
    case "speaks":
      return t("Who speaks");
    default:
      return t("How much time is left");
  }
}

/** The keys that read out: each can be changed, all can be turned off. */
function Keys() {
  useEffect(() => void styles("settings"), []);
  const settings = keys.value;
  const usual = ACTIONS.every((action) => settings[action] === USUAL[action]);
  return html`<fieldset class="stack tight">
    <legend>${t("Keys that read out")}</legend>
    <p class="second">${t("Press one of these anywhere but in a text field, and the answer is shown and spoken.")}</p>
    <${Switch} label=${t("Use these keys")} on=${settings.on} change=${(on) => keepKeys({ ...settings, on })} />
    ${settings.on && ACTIONS.map((action) => html`<${KeyOf} key=${action} action=${action} />`)}
    ${
      settings.on &&
      !usual &&
      html`<button type="button" class="button" onClick=${() => keepKeys({ ...USUAL })}>${t("Use the usual keys again")}</button>`
    }
  </fieldset>`;
}

function KeyOf({ action }) {
  const id = useId();
  const [problem, setProblem] = useState("");
  const settings = keys.value;
  // A key is pressed rather than typed: Tab and Escape stay what they are everywhere.
  const pressed = (event) => {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (["Tab", "Escape", "Enter", "Shift"].includes(event.key)) return;
    event.preventDefault();
    take(event.key);
  };
  const take = (key) => {
    const { settings: next, problem: why, by } = withKey(settings, action, key);
    const words = why ? problemWords(why, by) : "";
    setProblem(words);
    if (words) return announce(words);
    keepKeys(next);
    announce(t("{action}: {key}", { action: actionWords(action), key: next[action].toUpperCase() }));
  };
  // On-screen keyboards send no keydown that says which key it was.
  const typed = (event) => {
    const key = [...event.target.value].at(-1) ?? "";
    event.target.value = settings[action].toUpperCase();
    if (key) take(key);
  };
  return html`<div class="key-of">
    <label for=${id}>${actionWords(action)}</label>
    <input id=${id} class="input key-field" autocomplete="off" autocapitalize="off" spellcheck=${false}
      value=${settings[action].toUpperCase()} onKeyDown=${pressed} onInput=${typed}
      aria-describedby=${problem ? `${id}-problem` : undefined} aria-invalid=${problem ? "true" : undefined} />
    ${problem && html`<p class="second attention-text" id=${`${id}-problem`}>${problem}</p>`}
  </div>`;
}

function problemWords(problem, by) {
  return problem === "taken"
    ? t("This key already reads out “{action}”.", { action: actionWords(by) })
    : t("Please take a letter, a digit or a sign.");
}
