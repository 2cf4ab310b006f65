/** After a round: the people you just met, ten seconds of thumb work, and the time to the next. */
import { Icon } from "../icons.js";
import { isContact, metInRound } from "../state.js";
import { html, useId, useState } from "../view.js";
import { t, tn } from "../words.js";
import { Chat } from "./chat.js";
import { Celebration, FieldsFor, KeepButton, Notes, UsualFields } from "./keep.js";
import { giveStars, metNow, starsFor } from "./keeping.js";
import { TakingPart } from "./lobby.js";
import { later } from "./later.js";
import { Left, More, Person, Say, roundWords } from "./pieces.js";
import { moreRounds, nextRoundAt } from "./scene.js";
import { now, openPage, state } from "./session.js";
import { styles } from "./sheeted.js";
import { togetherWords, workWords } from "./wording.js";

const TopicsCard = later(() =>
  Promise.all([import("./topics.js"), styles("floor")]).then(([module]) => module.TopicsCard),
);

/** The break, as somebody who was in a room sees it. */
export function AfterView() {
  const { event } = state.value;
  const met = metInRound(state.value, event.round);
  return html`<main id="main" class="panes" tabindex="-1">
    <div class="pane-main after">
      <p class="second scene-line"><span><${NextLine} /></span><span>${roundWords(event)}</span></p>
      <h1>${met.length ? t("You just met") : t("The round is over")}</h1>
      <ul class="stack">
        ${met.map(({ card }) => html`<${MetCard} key=${card.id} card=${card} open=${true} />`)}
      </ul>
      ${met.length > 0 && html`<div class="card"><${UsualFields} /></div>`}
      <${Stars} round=${event.round} />
      <${TopicsCard} />
      <div class="after-foot"><${TakingPart} /></div>
    </div>
    <aside class="pane-side" aria-label=${t("Lobby chat")}>
      <${Chat} room="lobby" title=${t("In the lobby")} hint=${t("Write to everybody in the lobby")}
        empty=${t("Nobody has written yet. A hello is a good start.")} />
    </aside>
  </main>`;
}

function NextLine() {
  const { event } = state.value;
  const next = nextRoundAt(state.value);
  if (next !== null && next > now.value && moreRounds(event)) {
    return html`<${Say} sentence="Next round in {time}" values=${{ time: html`<${Left} until=${next} className="strong" />` }} />`;
  }
  if (!moreRounds(event)) return t("That was the last round.");
  return event.phase === "round"
    ? t("The other rooms are still talking.")
    : t("The host starts the next round.");
}

/** Somebody met: time, interests, the quiet yes, and behind it fields and notes. */
export function MetCard({ card, open = false, children }) {
  const met = metNow(card.id);
  const mutual = met.yes && isContact(state.value, card.id);
  const id = useId();
  const [noting, setNoting] = useState(false);
  const shown = noting || (open && met.yes);
  const work = workWords(card);
  return html`<li class="card met" id=${`met-${card.id}`}>
    <${Person} card=${card} sub=${[togetherWords(met.seconds), met.shared.join(t(", "))].filter(Boolean).join(" · ") || work}>
      <${More} card=${card} />
    <//>
    ${
      mutual &&
      open &&
      html`<p class="row mutual"><${Celebration} card=${card} /><strong>${t("You are in touch now")}</strong>
      <button type="button" class="link-button" onClick=${() => openPage("people")}>${t("See")}</button></p>`
    }
    <div class="buttons even">
      <button type="button" class="button" aria-expanded=${shown} aria-controls=${id} onClick=${() => setNoting(!noting)}>
        <${Icon} name="pencil" />${met.text || met.next_step ? t("Your note") : t("Add a note")}
      </button>
      <${KeepButton} card=${card} />
      ${children}
    </div>
    <div id=${id} class="stack" hidden=${!shown}>
      ${shown && html`<${Notes} card=${card} />${noting && met.yes && html`<${FieldsFor} card=${card} />`}`}
    </div>
  </li>`;
}

/** Stars are for the round, never for a person (rule 19). */
export function Stars({ round, earlier = false }) {
  const rated = starsFor(round);
  const name = useId();
  const question = earlier ? t("How was round {round}?", { round }) : t("How was this round?");
  return html`<fieldset class="card stars">
    <legend class="visually-hidden">${question}</legend>
    <p class="strong" aria-hidden="true">${question}</p>
    <div class="stars-row">
      ${[1, 2, 3, 4, 5].map(
        (count) => html`<label key=${count} class=${count <= rated ? "star on" : "star"}>
          <input type="radio" class="visually-hidden-input" name=${name} value=${count} checked=${rated === count}
            onChange=${() => giveStars(round, count)} />
          <${Icon} name="star" size=${28} /><span class="visually-hidden">${tn("{n} star", "{n} stars", count)}</span>
        </label>`,
      )}
    </div>
    <p class="second">${rated ? t("Thank you. Only totals are shown, never who gave what.") : t("For the round, never for a person.")}</p>
  </fieldset>`;
}
