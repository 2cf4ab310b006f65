/** The end of the evening: the way to one's own page, and two questions whose totals alone are seen. */
import { Icon } from "../icons.js";
import { html, useId, useState } from "../view.js";
import { t } from "../words.js";
import { ask, boot, state } from "./session.js";

const AGAIN = () => [
  ["yes", t("Yes, gladly")],
  ["maybe", t("Perhaps")],
  ["no", t("Rather not")],
];
const CHANGES = () => [
  ["longer-rounds", t("Longer rounds")],
  ["shorter-rounds", t("Shorter rounds")],
  ["more-rounds", t("More rounds")],
  ["more-breaks", t("More time between rounds")],
  ["larger-rooms", t("More people in a room")],
  ["smaller-rooms", t("Fewer people in a room")],
  ["closer-matches", t("People closer to what I do")],
  ["more-variety", t("People further from what I do")],
  ["sound-and-picture", t("Better sound and picture")],
  ["nothing", t("Nothing: it was right as it was")],
];

/** What stands first once the evening is over. */
export function ClosingView() {
  const { you } = state.value;
  const asked = (you.met ?? []).length > 0;
  return html`<div class="stack">
    <p class="card stack tight">
      <span>${t("Your contacts with their notes and files, and everything about your data.")}</span>
      <span><a class="button primary" href=${`/e/${boot.event}/mine`}>${t("Open your page")}<${Icon} name="arrow-right" /></a></span>
    </p>
    ${asked && html`<${Questions} />`}
  </div>`;
}

function Questions() {
  const { you } = state.value;
  const [again, setAgain] = useState(you.again ?? "");
  const [change, setChange] = useState(you.change ?? []);
  const [sent, setSent] = useState(Boolean(you.again));
  const name = useId();
  const toggle = (one) => {
    setSent(false);
    setChange(change.includes(one) ? change.filter((each) => each !== one) : [...change, one]);
  };
  const send = async (event) => {
    event.preventDefault();
    if (await ask("answer-questions", { again, change })) setSent(true);
  };
  return html`<section class="card stack" aria-labelledby=${name}>
    <h2 id=${name}>${t("Two questions before you go")}</h2>
    <form class="stack" onSubmit=${send}>
      <${Chips} legend=${t("Would you come again?")}>
        ${AGAIN().map(
          ([value, word]) => html`<label class="chip" key=${value}>
            <input type="radio" name=${`again${name}`} required checked=${again === value} onChange=${() => {
              setSent(false);
              setAgain(value);
            }} />
            <${Icon} name="check" size=${16} /><span>${word}</span>
          </label>`,
        )}
      <//>
      ${again && html`<${Chips} legend=${`${t("What would you change?")} ${t("(as many as you like)")}`}>
        ${CHANGES().map(
          ([value, word]) => html`<label class="chip" key=${value}>
            <input type="checkbox" checked=${change.includes(value)} onChange=${() => toggle(value)} />
            <${Icon} name="check" size=${16} /><span>${word}</span>
          </label>`,
        )}
      <//>`}
      <p class="second">${t("The organiser sees totals only, once five people answered.")}</p>
      <p class="row">
        <button type="submit" class="button">${t("Answer")}</button>
        <span role="status">${sent ? t("Thank you for your answers.") : ""}</span>
      </p>
    </form>
  </section>`;
}

function Chips({ legend, children }) {
  return html`<fieldset class="chips">
    <legend>${legend}</legend>
    <div class="chip-row">${children}</div>
  </fieldset>`;
}
