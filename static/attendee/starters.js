/** What begins a talk: a question, and the first minute that carries itself. */
import { Dot } from "../circle.js";
import { Icon } from "../icons.js";
import { isAlone, stateOf } from "../state.js";
import { computed, html, signal, useEffect, useState } from "../view.js";
import { called, list, t } from "../words.js";
import { turnAt } from "./first-minute.js";
import { Left, Name, Say } from "./pieces.js";
import { questionAt } from "./prompts.js";
import { announce, now, state } from "./session.js";
import { sharedNow } from "./wording.js";

/** The room whose first minute somebody would rather do without. */
const skipped = signal("");

function turnNow() {
  const { room, event } = state.value;
  if (!room || skipped.value === room.id || isAlone(state.value)) return null;
  return turnAt(room, event.paused ?? now.value);
}

/** Whether the first minute runs: it then stands above the pictures. */
export const speaksInTurn = computed(() => turnNow() !== null);

/** The question of a room, and who speaks first. */
export function Starter() {
  const { room } = state.value;
  const turn = turnNow();
  const [draws, setDraws] = useState(0);
  const question = wordsOf(room, draws);
  return html`<section class="card prompt stack tight" aria-labelledby="prompt">
    <h2 id="prompt" class="second">${turn ? t("The first minute") : t("To begin with")}</h2>
    ${turn && html`<${FirstMinute} room=${room} turn=${turn} />`}
    <p class=${turn ? "second" : "prompt-words"}><bdi>“${question}”</bdi></p>
    ${
      !turn &&
      !room.prompt &&
      html`<button type="button" class="link-button another" onClick=${() => {
        setDraws(draws + 1);
        announce(wordsOf(room, draws + 1));
      }}>
      <${Icon} name="shuffle" size=${16} />${t("Another question")}
    </button>`
    }
  </section>`;
}

/** Returns the question: the organiser's, else one that the room draws. */
function wordsOf(room, draws) {
  if (room.prompt) return room.prompt;
  const whole = sharedNow(room, state.value.you.id).find(
    (group) => group.people.length === room.people.length,
  );
  return questionAt(room.id, whole?.interests[0] ?? "", draws);
}

function FirstMinute({ room, turn }) {
  const cards = turn.ids.map((id) => room.people.find((card) => card.id === id));
  const current = cards[turn.index];
  const sentence = turnWords(cards, turn.index, state.value.you.id);
  useEffect(() => announce(sentence), [`${room.id}:${current.id}`]);
  const here = (card) => stateOf(state.value, card.id);
  return html`<div class="stack tight first-minute">
    <p class="prompt-words" aria-hidden="true">${sentence}</p>
    <ol class="turns" aria-label=${t("Who speaks in which order")}>
      ${cards.map(
        (card, index) => html`<li key=${card.id} aria-current=${index === turn.index ? "step" : null}
          class=${index < turn.index ? "turn-over" : ""}>
          <${Dot} id=${card.id} name=${card.name} size=${index === turn.index ? 36 : 28} state=${here(card)} />
          <span class="visually-hidden">${card.id === state.value.you.id ? t("You") : html`<${Name} card=${card} />`}</span>
        </li>`,
      )}
      <li class="turns-end second"><${Say} sentence="{time} left" values=${{ time: html`<${Left} until=${turn.until} />` }} />
        <button type="button" class="link-button" onClick=${() => (skipped.value = room.id)}>${t("Skip")}</button></li>
    </ol>
  </div>`;
}

const NAMED = 3;

/** Returns whose turn it is, and who comes then, in a sentence or two. */
function turnWords(cards, index, you) {
  const current = cards[index];
  const own = current.id === you;
  const name = current.name || t("Someone");
  const first = index === 0;
  const away = !own && stateOf(state.peek(), current.id) !== "here";
  const following = cards.slice(index + 1);
  // More names than one can keep in mind: then the next one is enough, and the dots show the rest.
  const named = following.length > NAMED ? following.slice(0, 1) : following;
  const names = list(named.map((card) => (card.id === you ? t("you") : called(card.name))));
  const then = names ? ` ${t("Then {names}.", { names })}` : "";
  if (own)
    return (
      (first
        ? t("You begin: your name, and one line about you.")
        : t("Your turn: your name, and one line about you.")) + then
    );
  if (away) return t("{name} is not here yet; go on without.", { name }) + then;
  return (
    (first
      ? t("{name} begins: a name, and one line.", { name })
      : t("Now {name}: a name, and one line.", { name })) + then
  );
}
