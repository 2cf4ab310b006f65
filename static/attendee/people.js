/** People you met: contacts with the fields they gave, cards, everybody, and your notes. */
import { Icon } from "../icons.js";
import { isContact } from "../state.js";
import { html, useRef, useState } from "../view.js";
import { t, tn } from "../words.js";
import { MetCard, Stars } from "./after.js";
import { Notes } from "./keep.js";
import { More, Person } from "./pieces.js";
import { state } from "./session.js";
import { putAside, undecided, unrated } from "./unfinished.js";
import { fieldWords, workWords } from "./wording.js";

/** The page of people; also what stays when the evening is over. */
export function PeopleView({ heading }) {
  const { contacts, cards, you } = state.value;
  const mutual = Object.values(contacts).filter(({ card }) => isContact(state.value, card.id));
  const given = Object.values(cards).filter(
    ({ card }) => !mutual.some((contact) => contact.card.id === card.id),
  );
  const blocked = new Set((you.blocked ?? []).map((card) => card.id));
  const met = (you.met ?? [])
    .filter(({ card }) => !blocked.has(card.id))
    .sort((a, b) => Math.max(0, ...b.rounds) - Math.max(0, ...a.rounds) || b.seconds - a.seconds);
  const open = useOpen();
  const shown = new Set([...open.people, ...mutual.map((contact) => contact.card.id)]);
  const rest = met.filter(({ card }) => !shown.has(card.id));
  return html`<div class="people stack">
    <h1 tabindex="-1">${heading ?? t("People you met")}</h1>
    ${!mutual.length && !given.length && !met.length && html`<${Nobody} />`}
    <${StillOpen} met=${met} open=${open} />
    ${
      mutual.length > 0 &&
      html`<section class="stack tight" aria-labelledby="contacts">
      <h2 id="contacts">${t("In touch")} <span class="second">${mutual.length}</span></h2>
      <ul class="people-grid">${mutual.map((contact) => html`<${ContactCard} key=${contact.card.id} contact=${contact} />`)}</ul>
    </section>`
    }
    ${
      given.length > 0 &&
      html`<section class="stack tight" aria-labelledby="given">
      <h2 id="given">${t("Cards you were given")} <span class="second">${given.length}</span></h2>
      <ul class="people-grid">${given.map((contact) => html`<${ContactCard} key=${contact.card.id} contact=${contact} />`)}</ul>
    </section>`
    }
    ${
      rest.length > 0 &&
      html`<section class="stack tight" aria-labelledby="everybody">
      <h2 id="everybody">${tn("{n} person you sat with", "{n} people you sat with", rest.length)}</h2>
      <p class="second">${t("A yes can be given until 14 days after the evening. Nobody learns of it unless both said it.")}</p>
      <ul class="people-grid">${rest.map(({ card }) => html`<${MetCard} key=${card.id} card=${card} />`)}</ul>
    </section>`
    }
  </div>`;
}

/** What was open when the page was opened stays in its place while one works through it. */
function useOpen() {
  const opened = useRef({ people: [], rounds: [] });
  const [away, setAway] = useState([]);
  const { people, rounds } = opened.current;
  opened.current = {
    people: [...new Set([...people, ...undecided().map(({ card }) => card.id)])],
    rounds: [...new Set([...rounds, ...unrated()])],
  };
  return {
    people: opened.current.people.filter((id) => !away.includes(id)),
    rounds: opened.current.rounds,
    putAway: (id) => setAway([...away, id]),
  };
}

/** What one has not come to yet: nobody minds if it stays so. */
function StillOpen({ met, open }) {
  const people = met.filter(({ card }) => open.people.includes(card.id));
  if (!people.length && !open.rounds.length) return null;
  const later = (id, event) => {
    const next = event.target.closest("li").nextElementSibling?.querySelector("button");
    (next ?? document.querySelector(".people h1")).focus();
    putAside(id);
    open.putAway(id);
  };
  return html`<section class="stack tight" aria-labelledby="open">
    <h2 id="open">${t("Still open")}</h2>
    <p class="second">${t("Whom would you like to see again? It can wait, and nothing follows from leaving it.")}</p>
    ${
      people.length > 0 &&
      html`<ul class="people-grid">
        ${people.map(
          ({ card }) => html`<${MetCard} key=${card.id} card=${card}>
            <button type="button" class="button plain" onClick=${(event) => later(card.id, event)}
              aria-label=${t("Not now: {name}", { name: card.name })}>${t("Not now")}</button>
          <//>`,
        )}
      </ul>`
    }
    ${open.rounds.map((round) => html`<${Stars} key=${round} round=${round} earlier=${true} />`)}
  </section>`;
}

function Nobody() {
  const over = state.value.event.phase === "ended";
  return html`<div class="card empty stack tight">
    <p class="strong">${over ? t("Nobody this time.") : t("Nobody yet.")}</p>
    ${!over && html`<p class="second">${t("After your first round, the people you sat with are here: who you want to keep in touch with, their cards, and your notes.")}</p>`}
  </div>`;
}

function ContactCard({ contact }) {
  const { card, fields } = contact;
  const [open, setOpen] = useState(false);
  return html`<li class="card met stack tight">
    <${Person} card=${card} sub=${workWords(card)}><${More} card=${card} /><//>
    <ul class="fields">
      ${Object.entries(fields)
        .filter(([field, value]) => value && field !== "name")
        .map(
          ([field, value]) =>
            html`<li key=${field}><${FieldLine} field=${field} value=${value} /></li>`,
        )}
    </ul>
    <button type="button" class="link-button" aria-expanded=${open} onClick=${() => setOpen(!open)}>${t("Your note")}</button>
    ${open && html`<${Notes} card=${card} />`}
  </li>`;
}

const FIELD_ICONS = { email: "mail", phone: "phone", link: "link" };

function FieldLine({ field, value }) {
  const href = addressOf(field, value);
  return html`<span class="field-line">
    <${Icon} name=${FIELD_ICONS[field] ?? "id-card"} />
    <span class="visually-hidden">${fieldWords(field)}: </span>
    ${
      href
        ? html`<a href=${href} target=${field === "link" ? "_blank" : null} rel="noopener noreferrer"><bdi>${value}</bdi></a>`
        : html`<bdi>${value}</bdi>`
    }
  </span>`;
}

/** Returns a link for a field; what another typed becomes one only as mail, phone or http(s). */
function addressOf(field, value) {
  if (field === "email") return `mailto:${encodeURIComponent(value).replace("%40", "@")}`;
  if (field === "phone") return `tel:${value.replace(/[^\d+]/g, "")}`;
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:/i.test(value) ? value : `https://${value}`);
    return ["https:", "http:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
