/** Your own page: what others see of you, what a contact sees, what the organiser gets, the language. */
import { html, useEffect, useId, useState } from "../view.js";
import { t } from "../words.js";
import { UsualFields } from "./keep.js";
import { Action, Person } from "./pieces.js";
import { ask, boot, sheet, state, toast } from "./session.js";
import { TagField } from "./tags.js";
import { ShowMe } from "./show-me.js";
import { fieldWords } from "./wording.js";

const CONSENT_FIELDS = ["organisation", "email", "phone", "link"];

/** The page about oneself. */
export function ProfileView() {
  const { you } = state.value;
  return html`<div class="profile stack">
    <h1>${t("You")}</h1>
    <div class="card"><${Person} card=${{ ...you.profile, id: you.id, name: you.name }} size=${56} /></div>
    <div class="card row spread wrap">
      <p class="grow">${t("Language, colours, how a round calls you, keys")}</p>
      <${Action} icon="settings" onClick=${() => (sheet.value = { kind: "settings" })}>${t("Settings")}<//>
    </div>
    <${Interests} />
    <${About} />
    <div class="card"><${UsualFields} /></div>
    <div class="card"><${ShowMe} /></div>
    <${Export} />
    <${Series} />
    <${Blocked} />
    <${Data} />
    <section class="card stack tight">
      <h2 class="card-title">${t("What hosts can see about you")}</h2>
      <p class="second">${t("Hosts see your name, your organisation, which room you are in, whether you are connected, and whether you have met few people so far. They see reports and calls. They see no notes, no yes or no, no cards, no blocks, and nothing that is said in a room.")}</p>
    </section>
  </div>`;
}

/** Interests, what one offers and what one looks for: each a list of short tags. */
function Interests() {
  const profile = state.value.you.profile ?? {};
  return html`<section class="card stack" aria-labelledby="match">
    <h2 id="match" class="card-title">${t("What we match you by")}</h2>
    <${TagField} label=${t("What you care about")} field="interests" tags=${profile.interests ?? []} suggests=${true} placeholder=${t("ceramics, hiking, open data …")} />
    <${TagField} label=${t("What you offer")} field="offers" tags=${profile.offers ?? []} placeholder=${t("a workshop, advice on exports …")} />
    <${TagField} label=${t("What you look for")} field="seeks" tags=${profile.seeks ?? []} placeholder=${t("a first factory, a co-founder …")} />
  </section>`;
}

/** Returns the fields of the form: [field, label, type, autocomplete]. */
function aboutFields() {
  return [
    ["name", t("Name"), "text", "name"],
    ["reading", t("Reading of your name (kana)"), "text", "off"],
    ["title", t("What you do"), "text", "organization-title"],
    ["organisation", t("Organisation"), "text", "organization"],
    ["department", t("Department"), "text", "off"],
    ["email", t("E-mail"), "email", "email"],
    ["phone", t("Phone"), "tel", "tel"],
    ["link", t("Link"), "url", "url"],
  ];
}

function About() {
  const { you } = state.value;
  const saved = { name: you.name, ...you.profile };
  const [changed, setChanged] = useState({});
  const id = useId();
  const dirty = Object.keys(changed).length > 0;
  const save = async (event) => {
    event.preventDefault();
    if (dirty && (await ask("profile", changed))) {
      setChanged({});
      toast(t("Saved."), "good");
    }
  };
  return html`<form class="card stack" onSubmit=${save} aria-labelledby="about">
    <h2 id="about" class="card-title">${t("Your card")}</h2>
    <p class="second">${t("Everybody you sit with sees your name and what you do. E-mail, phone and link go only to those you choose.")}</p>
    <div class="profile-fields">
      ${aboutFields().map(
        ([field, label, type, autocomplete]) => html`<div class="field" key=${field}>
          <label for=${`${id}-${field}`}>${label}</label>
          <input id=${`${id}-${field}`} class="input" type=${type} autocomplete=${autocomplete} required=${field === "name"}
            maxlength=${field === "link" ? 500 : 200} dir="auto" value=${changed[field] ?? saved[field] ?? ""}
            onInput=${(event) => setChanged({ ...changed, [field]: event.target.value })} />
        </div>`,
      )}
    </div>
    <button type="submit" class=${`button ${dirty ? "primary" : ""}`} aria-disabled=${!dirty}>${t("Save")}</button>
  </form>`;
}

/** What the organiser may export; to hear from them needs the address, so one goes with the other. */
function Export() {
  const chosen = state.value.you.profile?.organiser_may_export ?? [];
  const toggle = (field) =>
    ask("profile", {
      organiser_may_export: chosen.includes(field)
        ? chosen.filter((one) => one !== field && !(field === "email" && one === "news"))
        : [...chosen, field],
    });
  return html`<fieldset class="card">
    <legend class="visually-hidden">${t("What the organiser may export")}</legend>
    <p class="card-title" aria-hidden="true">${t("What the organiser may export")}</p>
    <p class="second">${t("The organiser gets who met whom and for how long, with names, and what you write about yourself (title, department, interests, answers). These only if you say so:")}</p>
    ${CONSENT_FIELDS.map(
      (field) => html`<label class="check" key=${field}>
        <input type="checkbox" checked=${chosen.includes(field)} onChange=${() => toggle(field)} />
        <span>${fieldWords(field)}</span>
      </label>`,
    )}
    <label class="check">
      <input type="checkbox" checked=${chosen.includes("news")} onChange=${() => toggle("news")} />
      <span>${t("The organiser may write to me by e-mail afterwards, also about other events, and for that gets my e-mail address, my interests, how long I was with the organiser's own people and the notes that these share; I can take this back at any time on my page.")}</span>
    </label>
  </fieldset>`;
}

/** What the event's series may remember; only the server knows of what was taken back elsewhere. */
function Series() {
  const [known, setKnown] = useState(null);
  const { profile } = state.value.you;
  const address = Boolean(profile?.email);
  useEffect(() => {
    fetch(`/e/${boot.event}/mine/series`).then(async (answer) => {
      if (answer.ok) setKnown(await answer.json());
    }, () => {}); // offline: the box comes with the next look at this page
  }, [profile?.remembered_in, address]);
  if (!known?.series) return null;
  const toggle = async () => {
    const agrees = !known.agrees;
    if (await ask("profile", { remembered_in: agrees ? known.series : "" })) setKnown({ ...known, agrees });
  };
  return html`<fieldset class="card">
    <legend class="visually-hidden">${t("Series")}</legend>
    <p class="card-title" aria-hidden="true">${t("Series")}</p>
    <label class="check">
      <input type="checkbox" checked=${known.agrees} onChange=${toggle} />
      <span>${t("Remember for 400 days whom I met at the evenings of “{series}”, so that I meet new people next time. Only a code made of my e-mail address is kept, and I can take it back on My data.", { series: known.series })}</span>
    </label>
    ${!address && html`<p class="second">${t("That begins once your e-mail address is on your card.")}</p>`}
  </fieldset>`;
}

function Blocked() {
  const blocked = state.value.you.blocked ?? [];
  if (!blocked.length) return null;
  return html`<section class="card stack tight" aria-labelledby="blocked">
    <h2 id="blocked" class="card-title">${t("People you will not sit with")}</h2>
    <p class="second">${t("They are not told.")}</p>
    <ul class="stack tight">
      ${blocked.map(
        (card) => html`<li key=${card.id}><${Person} card=${card} size=${36}>
          <button type="button" class="button" onClick=${() => ask("unblock", { about: card.id })}>${t("Allow again")}</button>
        <//></li>`,
      )}
    </ul>
  </section>`;
}

/** One's data are on a page of their own: while the evening runs, in a tab beside it. */
function Data() {
  const over = state.value.event.phase === "ended";
  return html`<section class="card stack tight" aria-labelledby="data">
    <h2 id="data" class="card-title">${t("Your data")}</h2>
    <p class="second">${t("See everything that is kept about you, change what the organiser may have and whether they may write to you, take it home as a file, or have it erased.")}</p>
    <p><a class="button" href=${`/e/${boot.event}/mine/data`} target=${over ? null : "_blank"}>${t("My data")}${!over && html` <span class="visually-hidden">(${t("opens in a new tab")})</span>`}</a></p>
  </section>`;
}
