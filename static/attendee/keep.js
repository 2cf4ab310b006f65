/** Keep in touch: the quiet yes, which fields go with it, a note of one's own, a card given. */
import { Dot } from "../circle.js";
import { Icon } from "../icons.js";
import { isContact, metWith } from "../state.js";
import { html, useEffect, useId, useRef, useState } from "../view.js";
import { t } from "../words.js";
import { ask, openPage, sheet, state } from "./session.js";
import { fieldWords } from "./wording.js";

export const FIELDS = ["email", "phone", "link"];
const SAVE_AFTER_MS = 700;

/** Returns the fields that go along unless chosen otherwise. */
export function usualFields() {
  return state.value.you.profile?.contact_fields ?? FIELDS;
}

/** The toggle for one person. A yes is quiet: nobody learns of it unless they said it too. */
export function KeepButton({ card, short = false }) {
  const met = metWith(state.value, card.id);
  const mutual = isContact(state.value, card.id);
  const press = () =>
    ask(
      "keep-in-touch",
      met.yes
        ? { about: card.id, yes: false }
        : { about: card.id, yes: true, fields: usualFields() },
    );
  const word = mutual ? t("In touch") : t("Keep in touch");
  return html`<button type="button" class="button keep" aria-pressed=${met.yes} onClick=${press}
    aria-label=${t("Keep in touch with {name}", { name: card.name })}>
    <${Icon} name=${met.yes ? "check" : "heart-handshake"} />${short ? null : html`<span>${word}</span>`}
  </button>`;
}

/** Chips for the fields another may see; those without a value say where to fill them in. */
export function FieldChips({ legend, chosen, change, hint, hideLegend = false }) {
  const id = useId();
  const profile = state.value.you.profile ?? {};
  const missing = chosen.filter((field) => FIELDS.includes(field) && !profile[field]);
  const toggle = (field) =>
    change(chosen.includes(field) ? chosen.filter((one) => one !== field) : [...chosen, field]);
  return html`<fieldset class="chips" aria-describedby=${hint ? id : undefined}>
    <legend class=${hideLegend ? "visually-hidden" : ""}>${legend}</legend>
    <div class="chip-row">
      ${FIELDS.map(
        (field) => html`<label class="chip" key=${field}>
          <input type="checkbox" checked=${chosen.includes(field)} onChange=${() => toggle(field)} />
          <${Icon} name="check" size=${16} /><span>${fieldWords(field)}</span>
        </label>`,
      )}
    </div>
    ${
      missing.length > 0 &&
      html`<p class="second">${t("Not filled in yet: {fields}.", { fields: missing.map(fieldWords).join(t(", ")) })} <button type="button" class="link-button" onClick=${() => {
        sheet.value = null;
        openPage("you");
      }}>${t("Fill in")}</button></p>`
    }
    ${hint && html`<p class="second" id=${id}>${hint}</p>`}
  </fieldset>`;
}

/** Which fields one person may see once both have said yes. */
export function FieldsFor({ card }) {
  const met = metWith(state.value, card.id);
  return html`<${FieldChips} legend=${t("What {name} will see of you", { name: card.name })}
    chosen=${met.yes ? met.fields : usualFields()}
    change=${(fields) => ask("keep-in-touch", { about: card.id, yes: true, fields })}
    hint=${t("Nobody learns of a yes unless both said it.")} />`;
}

/** What a contact sees unless chosen otherwise: one's usual choice. */
export function UsualFields() {
  return html`<${FieldChips} legend=${t("What a contact sees of you")} chosen=${usualFields()}
    change=${(fields) => ask("profile", { contact_fields: fields })}
    hint=${t("Nobody learns of a yes unless both said it.")} />`;
}

/** A private note and a next step, saved while one writes; kept in this tab until they are. */
export function Notes({ card }) {
  const met = metWith(state.value, card.id);
  return html`<div class="notes stack tight">
    <${NoteField} about=${card.id} field="next_step" saved=${met.next_step}
      label=${t("Next step")} placeholder=${t("Send the drawings, have a coffee …")} />
    <${NoteField} about=${card.id} field="text" saved=${met.text}
      label=${t("Note to yourself")} placeholder=${t("What you want to remember")} />
    <p class="second">${t("Only you see this.")}</p>
  </div>`;
}

function NoteField({ about, field, saved, label, placeholder }) {
  const id = useId();
  const store = `note:${about}:${field}`;
  const [text, setText] = useState(sessionStorage.getItem(store) ?? saved);
  const [standing, setStanding] = useState("");
  const timer = useRef(null);
  const latest = useRef(text);
  const save = async () => {
    clearTimeout(timer.current);
    timer.current = null;
    const sent = latest.current;
    if (await ask("note", { about, [field]: sent })) {
      if (latest.current === sent) sessionStorage.removeItem(store);
      setStanding(t("saved"));
    }
  };
  const write = (value) => {
    latest.current = value;
    sessionStorage.setItem(store, value);
    setText(value);
    setStanding("");
    clearTimeout(timer.current);
    timer.current = setTimeout(save, SAVE_AFTER_MS);
  };
  useEffect(
    () => () => {
      if (timer.current !== null) save();
    },
    [],
  );
  return html`<div class="field">
    <label for=${id}>${label} <span class="second note-standing">${standing}</span></label>
    <input id=${id} class="input" maxlength="2000" dir="auto" placeholder=${placeholder} value=${text}
      onInput=${(event) => write(event.target.value)} onBlur=${() => timer.current !== null && save()} />
  </div>`;
}

/** Two dots meet, once: both said yes. */
export function Celebration({ card }) {
  const you = state.value.you;
  return html`<span class="celebration" aria-hidden="true">
    <span class="celebration-left"><${Dot} id=${you.id} name=${you.name} size=${36} /></span>
    <span class="celebration-right"><${Dot} id=${card.id} name=${card.name} size=${36} /></span>
  </span>`;
}
