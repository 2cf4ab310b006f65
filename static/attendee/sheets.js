/** Sheets: what lies behind a menu. */
import { Dot } from "../circle.js";
import { findCard, isContact, metWith, others } from "../state.js";
import { html, useId, useState } from "../view.js";
import { t } from "../words.js";
import { draftOf, keepDraft } from "./drafts.js";
import { FIELDS, FieldChips, FieldsFor, KeepButton, Notes, usualFields } from "./keep.js";
import { later } from "./later.js";
import { Action, Name, Person, Tags } from "./pieces.js";
import { CallState } from "./room.js";
import { styles } from "./sheeted.js";
import { ask, leave, sheet, state, toast } from "./session.js";
import { SettingsSheet } from "./settings.js";
import { Sheet, close } from "./sheet.js";

const DevicesSheet = later(() =>
  import("./devices-sheet.js").then((module) => module.DevicesSheet),
);

const FloorSheet = later(() =>
  Promise.all([import("./floor.js"), styles("floor")]).then(([module]) => module.FloorSheet),
);

const SHEETS = {
  floor: FloorSheet,
  person: PersonSheet,
  call: CallSheet,
  card: CardSheet,
  devices: DevicesSheet,
  leave: LeaveSheet,
  block: BlockSheet,
  report: ReportSheet,
  settings: SettingsSheet,
};

/** The open sheet, if there is one. */
export function Sheets() {
  const open = sheet.value;
  if (!open || !state.value.you) return null;
  const Content = SHEETS[open.kind];
  return html`<${Content} key=${`${open.kind}:${open.id ?? ""}`} ...${open} />`;
}

function PersonSheet({ id }) {
  const card = findCard(state.value, id);
  if (!card) return null;
  const inRoom = others(state.value).some((one) => one.id === id);
  return html`<${Sheet} title=${html`<${Name} card=${card} reading=${true} />`}>
    <p class="row second sheet-work">
      <${Dot} id=${card.id} name=${card.name} size=${44} />
      ${[card.title, card.organisation, card.department].filter(Boolean).join(" · ")}
    </p>
    ${card.interests?.length > 0 && html`<${Tags} words=${card.interests} label=${t("Interests")} />`}
    <div class="buttons even">
      <${KeepButton} card=${card} />
      <${Action} icon="id-card" onClick=${() => (sheet.value = { kind: "card", to: id })}>${t("Give your card")}<//>
    </div>
    ${isContact(state.value, id) && html`<p class="second">${t("You are in touch. Taking your yes back takes your fields back, too.")}</p>`}
    <${FieldsFor} card=${card} />
    <${Notes} card=${card} />
    <hr />
    <div class="buttons">
      <${Action} icon="shield-ban" className="plain" onClick=${() => (sheet.value = { kind: "block", id, inRoom })}>${t("Not meet again")}<//>
      <${Action} icon="flag" className="plain" onClick=${() => (sheet.value = { kind: "report", id })}>${t("Report to the host")}<//>
    </div>
  <//>`;
}

function BlockSheet({ id, inRoom }) {
  const card = findCard(state.value, id);
  if (!card) return null;
  const block = async (leaving) => {
    if (await ask("block", { about: id, leave: leaving })) {
      close();
      toast(t("Done. You will not share a room again, and they are not told."), "good");
    }
  };
  return html`<${Sheet} title=${t("Not meet {name} again?", { name: card.name })}>
    <p>${t("You will not be seated together again, and they no longer see your contact fields. They are not told; you can undo it on your page.")}</p>
    <div class="stack tight">
      ${inRoom && html`<button type="button" class="button primary wide" onClick=${() => block(true)}>${t("Yes, and take me to other people now")}</button>`}
      <button type="button" class="button wide" onClick=${() => block(false)}>${inRoom ? t("Yes, but I stay in this round") : t("Yes, not again")}</button>
      <button type="button" class="button plain wide" onClick=${close}>${t("No, go back")}</button>
    </div>
  <//>`;
}

function ReportSheet({ id }) {
  const card = findCard(state.value, id);
  if (!card) return null;
  const send = async (text) => {
    if (await ask("report", { about: id, text })) {
      keepDraft(`report:${id}`, "");
      close();
      toast(t("Sent. Only hosts and the organiser see it."), "good");
    }
  };
  return html`<${Sheet} title=${t("Report {name}", { name: card.name })}>
    <p>${t("Only hosts and the organiser see this. If you need help right now, call the host.")}</p>
    <${TextForm} draft=${`report:${id}`} label=${t("What happened?")} button=${t("Send the report")} send=${send} />
  <//>`;
}

function CallSheet() {
  const calls = state.value.calls.filter((call) => call.from === state.value.you.id).slice(-2);
  const send = async (text) => {
    if (!(await ask("call-host", { text }))) return;
    keepDraft("call", "");
    close();
  };
  return html`<${Sheet} title=${t("Call the host")}>
    ${calls.map((call) => html`<${CallState} key=${call.id} call=${call} />`)}
    <${TextForm} draft="call" label=${t("What can they help with?")} optional=${true} button=${t("Call")} send=${send} />
  <//>`;
}

/** A few words to write and send; kept until they are, should a round call one away. */
function TextForm({ draft, label, button, send, optional = false }) {
  const [text, setText] = useState(draftOf(draft));
  const write = (value) => {
    keepDraft(draft, value);
    setText(value);
  };
  const id = useId();
  const submit = (event) => {
    event.preventDefault();
    if (optional || text.trim()) send(text.trim());
  };
  return html`<form class="stack" onSubmit=${submit}>
    <div class="field">
      <label for=${id}>${label}${optional ? html` <span class="second">${t("(if you like)")}</span>` : null}</label>
      <textarea id=${id} class="input" maxlength="2000" dir="auto" value=${text} onInput=${(event) => write(event.target.value)}></textarea>
    </div>
    <button type="submit" class="button primary wide">${button}</button>
  </form>`;
}

function CardSheet({ to }) {
  const person = to === "room" ? null : findCard(state.value, to);
  const before = person ? metWith(state.value, to).card_fields : [];
  const [fields, setFields] = useState(before.length ? before : usualFields());
  const profile = state.value.you.profile ?? {};
  const give = async (chosen) => {
    if (await ask("give-card", { to, fields: chosen })) {
      close();
      toast(
        chosen.length
          ? t("Your card is on its way. It arrives when the round is over.")
          : t("You have taken your card back."),
        "good",
      );
    }
  };
  return html`<${Sheet} title=${person ? t("Give {name} your card", { name: person.name }) : t("Give everybody here your card")}>
    <p>${t("It needs no answer. They get what you choose here when the round is over.")}</p>
    <div class="card own-card">
      <${Person} card=${{ ...profile, id: state.value.you.id, name: state.value.you.name }} />
      ${FIELDS.filter((field) => fields.includes(field) && profile[field]).map(
        (field) => html`<p key=${field} class="second"><bdi>${profile[field]}</bdi></p>`,
      )}
    </div>
    <${FieldChips} legend=${t("What stands on it")} chosen=${fields} change=${setFields} />
    <div class="stack tight">
      <button type="button" class="button primary wide" aria-disabled=${!fields.length}
        onClick=${() => fields.length && give(fields)}>
        ${before.length ? t("Change the card") : t("Give the card")}
      </button>
      ${before.length > 0 && html`<button type="button" class="button plain wide" onClick=${() => give([])}>${t("Take it back")}</button>`}
    </div>
  <//>`;
}

function LeaveSheet() {
  return html`<${Sheet} title=${t("Leave this room?")}>
    <p>${t("The others will see that you left. You can come back in for the next round.")}</p>
    <div class="stack tight">
      <button type="button" class="button primary wide" onClick=${async () => (await ask("sit-out")) && close()}>${t("Go to the lobby")}</button>
      <button type="button" class="button wide" onClick=${leave}>${t("Leave the evening")}</button>
      <button type="button" class="button plain wide" onClick=${close}>${t("Stay")}</button>
    </div>
  <//>`;
}
