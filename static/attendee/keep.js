/** Keep in touch: the quiet yes, which fields go with it, a note of one's own, two dots that meet. */
import { Dot } from "../circle.js";
import { Icon } from "../icons.js";
import { isContact } from "../state.js";
import { html, useEffect, useId } from "../view.js";
import { t } from "../words.js";
import { chooseFields, metNow, noteStanding, sayYes, sendNow, usualChoice, writeNote } from "./keeping.js";
import { openPage, sheet, state } from "./session.js";
import { fieldWords } from "./wording.js";

export const FIELDS = ["email", "phone", "link"];

/** Returns the fields that go along unless chosen otherwise: none that one has not filled in. */
export function usualFields() {
  const filled = filledIn();
  return usualOnes().filter((field) => filled.includes(field));
}

/** One's usual choice, also of fields that one may fill in later. */
function usualOnes() {
  return usualChoice() ?? FIELDS;
}

function filledIn() {
  const profile = state.value.you.profile ?? {};
  return FIELDS.filter((field) => profile[field]);
}

/** The toggle for one person. A yes is quiet: nobody learns of it unless they said it too. */
export function KeepButton({ card, short = false }) {
  const { yes } = metNow(card.id);
  const mutual = yes && isContact(state.value, card.id);
  const word = mutual ? t("In touch") : t("Keep in touch");
  return html`<button type="button" class="button keep" aria-pressed=${yes} onClick=${() => sayYes(card.id, !yes, usualFields())}
    aria-label=${t("Keep in touch with {name}", { name: card.name })}>
    <${Icon} name=${yes ? "check" : "heart-handshake"} />${short ? null : html`<span>${word}</span>`}
  </button>`;
}

/** Chips for the fields another may see; for those without a value, the way to fill them in. */
export function FieldChips({ legend, chosen, change, hint, hideLegend = false }) {
  const id = useId();
  const filled = filledIn();
  const missing = FIELDS.filter((field) => !filled.includes(field));
  const toggle = (field) =>
    change(chosen.includes(field) ? chosen.filter((one) => one !== field) : [...chosen, field]);
  return html`<fieldset class="chips" aria-describedby=${hint ? id : undefined}>
    <legend class=${hideLegend ? "visually-hidden" : ""}>${legend}</legend>
    <div class="chip-row">
      ${filled.map(
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
  const met = metNow(card.id);
  return html`<${FieldChips} legend=${t("What {name} will see of you", { name: card.name })}
    chosen=${met.yes ? met.fields : usualFields()}
    change=${(fields) => sayYes(card.id, true, fields)}
    hint=${t("Nobody learns of a yes unless both said it.")} />`;
}

/** What a contact sees unless chosen otherwise: one's usual choice. */
export function UsualFields() {
  return html`<${FieldChips} legend=${t("What a contact sees of you")} chosen=${usualOnes()}
    change=${chooseFields}
    hint=${t("Nobody learns of a yes unless both said it.")} />`;
}

/** A private note and a next step, saved while one writes, and kept here until they are. */
export function Notes({ card }) {
  return html`<div class="notes stack tight">
    <${NoteField} about=${card.id} field="next_step"
      label=${t("Next step")} placeholder=${t("Send the drawings, have a coffee …")} />
    <${NoteField} about=${card.id} field="text"
      label=${t("Note to yourself")} placeholder=${t("What you want to remember")} />
    <p class="second">${t("Only you see this.")}</p>
  </div>`;
}

function NoteField({ about, field, label, placeholder }) {
  const id = useId();
  useEffect(() => sendNow, []);
  return html`<div class="field">
    <div class="row spread note-head">
      <label for=${id}>${label}</label>
      <span class="second note-standing">${standingWords(noteStanding(about, field))}</span>
    </div>
    <input id=${id} class="input" maxlength="2000" dir="auto" placeholder=${placeholder} value=${metNow(about)[field]}
      onInput=${(event) => writeNote(about, field, event.target.value)} onBlur=${sendNow} />
  </div>`;
}

/** Quiet words beside a note; only a wait is worth more than one. */
function standingWords(standing) {
  switch (standing) {
    case "saved":
      return t("saved");
    case "waiting":
      return t("kept here, saved once the connection is back");
    case "refused":
      return t("kept here only");
    default:
      return "";
  }
}

const met = new Set();

/** Two dots meet, once: both said yes. Drawn again, they stand together. */
export function Celebration({ card }) {
  const { you } = state.value;
  const again = met.has(card.id);
  useEffect(() => {
    const timer = setTimeout(() => met.add(card.id), MEETING_MS);
    return () => clearTimeout(timer);
  }, [card.id]);
  return html`<span class=${again ? "celebration" : "celebration meets"} aria-hidden="true">
    <span class="celebration-left"><${Dot} id=${you.id} name=${you.name} size=${36} /></span>
    <span class="celebration-right"><${Dot} id=${card.id} name=${card.name} size=${36} /></span>
  </span>`;
}

const MEETING_MS = 1_000;
