/** Before a round, between rounds, and without a seat: who is here, what comes next, what you can do. */
import { html, useState } from "../view.js";
import { dayAndTime, t, timeOfDay, tn } from "../words.js";
import { LobbyChat } from "./chat.js";
import { GreatTable, othersSeen } from "./great-table.js";
import { Action, Tags, roundWords } from "./pieces.js";
import { later } from "./later.js";
import { Preparing } from "./preparing.js";
import { timeline } from "./programme.js";
import { moreRounds, nextRoundAt, roundsAreOver } from "./scene.js";
import { ask, boot, now, sheet, state } from "./session.js";
import { styles } from "./sheeted.js";
import { ShowMe } from "./show-me.js";
import { roundShape, sittingOutWords, zoneWords } from "./wording.js";

const TagField = later(() =>
  Promise.all([import("./tags.js"), styles("tags")]).then(([module]) => module.TagField),
);

const TopicsCard = later(() =>
  Promise.all([import("./topics.js"), styles("floor")]).then(([module]) => module.TopicsCard),
);

/** The lobby, also in `draft`, and while one sits out. `out`: others are in rooms now. */
export function LobbyView({ out = false }) {
  const { event, you, sitting_out } = state.value;
  const tellsWhy = out && sitting_out && (you.sitting_out || sitting_out.because !== "by-choice");
  return html`<main id="main" class="panes" tabindex="-1">
    <div class="pane-main lobby">
      <p class="second scene-line">${whereWords(event, out)}</p>
      <h1>${headline(event, you, out)}</h1>
      <${GreatTable} />
      ${tellsWhy && html`<p class="lobby-why">${isComingIn() ? t("There is a seat for you. You go in now.") : sittingOutWords(sitting_out.because)}</p>`}
      <${NextUp} />
      ${state.value.topics.round > 0 && html`<${TopicsCard} />`}
      <${TakingPart} />
      <${Company} />
      ${
        !roundsAreOver(event) &&
        html`<${Preparing} />
          <${YourInterests} />
          <${Programme} />
          <${Reminder} />`
      }
      <${MetTonight} />
    </div>
    <${LobbyChat} />
  </main>`;
}

/** A seat found for somebody late is told to its room a few seconds before they come (rule 10). */
const COMING_IN_MS = 12_000;

function isComingIn() {
  return state.value.notices.some(
    ({ code, at }) => code === "joining-soon" && now.value - at < COMING_IN_MS,
  );
}

function whereWords(event, out) {
  if (event.phase === "draft") return t("Before the doors open");
  return out || event.round ? roundWords(event) : t("Lobby");
}

function headline(event, you, out) {
  if (event.phase === "draft") return t("Good to have you, {name}", { name: you.name });
  if (out) return you.sitting_out ? t("Taking a breather") : t("A moment in the lobby");
  if (event.round && !moreRounds(event)) return t("That was the last round");
  return event.round ? t("Back in the lobby") : t("Welcome, {name}", { name: you.name });
}

/** Named under the table; more are a number. */
const NAMED = 8;

/** Who is seen here by name, and whether one is oneself. */
function Company() {
  const { event } = state.value;
  const faces = othersSeen();
  const others = Math.max(0, (event.present || 1) - 1);
  const rest = Math.max(0, others - Math.min(NAMED, faces.length));
  return html`<section class="lobby-company stack tight" aria-label=${t("Who is here")}>
    ${
      faces.length > 0 &&
      html`<p>
        ${t("With you:")} ${faces.slice(0, NAMED).map((face, index) => [index > 0 && t(", "), html`<bdi class="strong company-name">${face.name}</bdi>`])}
        ${rest > 0 && html` <span class="second">${tn("and {n} more", "and {n} more", rest)}</span>`}
      </p>`
    }
    <${ShowMe} />
  </section>`;
}

/** Where the event asks who is ready: one large button; what was said holds until the preview. */
function Ready({ ready }) {
  return html`<${Action} icon="check" className=${`ready ${ready ? "said-yes" : "primary"}`} aria-pressed=${ready}
      onClick=${() => ready || ask("ready")}>${ready ? t("You are ready") : t("I'm ready")}<//>
    <p class="second">${ready ? t("It holds until the next round begins.") : t("Only those who say so have a seat in the next round.")}</p>`;
}

/** What comes next, in one sentence. */
function NextUp() {
  return html`<p class="lobby-next" aria-live="off">${nextWords()}</p>`;
}

function nextWords() {
  const { event, you } = state.value;
  const next = nextRoundAt(state.value);
  if (event.phase === "draft" || (event.phase === "lobby" && event.round === 0)) {
    if (next !== null && next > now.value) {
      const when = next - now.value < 12 * 3_600_000 ? timeOfDay(next) : dayAndTime(next);
      return t(
        "The first round is planned for {time}. You will meet a few people at a time, and then move on.",
        { time: when },
      );
    }
    return event.phase === "draft"
      ? t("The host opens the doors soon. Then you will meet a few people at a time.")
      : t(
          "The host starts the first round. You will meet a few people at a time, and then move on.",
        );
  }
  if (roundsAreOver(event)) {
    return t(
      "Stay and chat as long as you like. Under “People met” you can still say who you want to keep in touch with.",
    );
  }
  if (event.phase === "preview" || event.phase === "round") {
    if (next !== null)
      return t("The next round is at {time}. We bring you in by ourselves.", {
        time: timeOfDay(next),
      });
    return moreRounds(event)
      ? t("The others are talking now. You are in the next round; the host starts it.")
      : t("The others are in the last round now. They come back here afterwards.");
  }
  if (you.sitting_out) return t("The next round goes on without you, until you come back.");
  return next !== null && next > now.value
    ? t("The next round begins by itself. Nothing to do but be here.")
    : t("The host starts the next round.");
}

/** Ready, sit out, come back. */
export function TakingPart() {
  const { event, you } = state.value;
  if (event.phase === "ended" || roundsAreOver(event)) return null;
  return html`<div class="stack tight lobby-part">
    ${event.ready_check && !you.sitting_out && html`<${Ready} ready=${you.ready} />`}
    <div class="buttons even">
      ${
        you.sitting_out
          ? html`<button type="button" class="button primary" onClick=${() => ask("rejoin")}>${t("Come back in")}</button>`
          : html`<button type="button" class="button" onClick=${() => ask("sit-out")}>
              ${event.phase === "break" || event.round ? t("Sit the next one out") : t("Sit out for now")}
            </button>`
      }
    </div>
    ${
      you.mode === "on-site" &&
      html`<p class="second">${
        you.checked_in
          ? t("You are here on site. When a round is called, this page tells you which table to go to.")
          : t("You come on site: please check in at the entrance. After that, this page tells you which table to go to.")
      }</p>`
    }
  </div>`;
}

/** What one is matched by, changed in place. */
export function YourInterests() {
  const [editing, setEditing] = useState(false);
  const interests = state.value.you.profile?.interests ?? [];
  const field = html`<${TagField} label=${t("What you care about")} field="interests" tags=${interests}
    suggests=${true} hideLabel=${true} placeholder=${t("ceramics, hiking, open data …")} />`;
  return html`<section class="card stack tight" aria-labelledby="your-interests">
    <div class="row spread">
      <h2 id="your-interests" class="card-title">${t("What we match you by")}</h2>
      <button type="button" class="link-button" aria-expanded=${editing} onClick=${() => setEditing(!editing)}>
        ${editing ? t("Done") : interests.length ? t("Change") : t("Add")}
      </button>
    </div>
    ${
      !interests.length &&
      html`<p class="second">${t("Tell us two or three things you care about, and you will sit with people who share them.")}</p>`
    }
    ${editing ? field : html`<${Tags} words=${interests} label=${t("Your interests")} />`}
    ${editing && html`<p class="second"><a href="#you">${t("What you offer and look for, and your card")}</a></p>`}
  </section>`;
}

/** Rounds that are told one by one; further ones are a number. */
const TOLD = 4;

/** The evening ahead: which round is when, as far as anybody knows. */
function Programme() {
  const { event } = state.value;
  const entries = timeline(event, nextRoundAt(state.value)).filter(({ stands }) => stands !== "over");
  if (!entries.length || event.phase === "ended") return null;
  const more = entries.length - TOLD;
  const shapes = entries.map(roundShape);
  const alike = shapes.every((shape) => shape === shapes[0]);
  return html`<section class="card stack tight" aria-labelledby="programme">
    <h2 id="programme" class="card-title">${t("The evening ahead")}</h2>
    ${alike && html`<p>${tn("{n} round, {shape}.", "{n} rounds, each {shape}.", entries.length, { shape: shapes[0] })}</p>`}
    <ol class="timeline">
      ${entries.slice(0, more > 1 ? TOLD : TOLD + 1).map(
        (entry, index) => html`<li key=${entry.number} class=${`timeline-${entry.stands}`}>
          <span class="strong grow">${t("Round {round}", { round: entry.number })}</span>
          <span class="second">${roundTime(entry)}</span>
          ${!alike && html`<span class="timeline-shape second">${shapes[index]}</span>`}
        </li>`,
      )}
      ${more > 1 && html`<li class="second">${tn("and {n} more round", "and {n} more rounds", more)}</li>`}
    </ol>
    ${entries.some(({ at }) => at !== null) && html`<p class="second">${zoneWords(boot.time_zone)}</p>`}
  </section>`;
}

function roundTime({ stands, at }) {
  if (stands === "now") return t("now");
  if (at !== null) return t("about {time}", { time: timeOfDay(at) });
  return stands === "next" ? t("when the host calls it") : "";
}

/** How one is called when it begins. */
function Reminder() {
  return html`<section class="card row spread wrap" aria-label=${t("When a round begins")}>
    <p class="grow">${t("A chime calls you when a round begins, wherever you are looking.")}</p>
    <${Action} icon="bell" onClick=${() => (sheet.value = { kind: "settings" })}>${t("Change")}<//>
  </section>`;
}

export function MetTonight() {
  const met = (state.value.you.met ?? []).length;
  if (!met) return null;
  return html`<section class="card row spread">
    <p>${tn("You have met {n} person so far.", "You have met {n} people so far.", met)}</p>
    <a class="button" href="#people">${t("People you met")}</a>
  </section>`;
}
