/** The attendee's app: header, the lines that calm, the view of the moment. */
import { Logo, Ring } from "../circle.js";
import { clockText, durationCode, share } from "../clock.js";
import { Icon } from "../icons.js";
import { html, useLayoutEffect, useRef, useState } from "../view.js";
import { nameList, t } from "../words.js";
import { Arriving } from "./arriving.js";
import { later } from "./later.js";
import { ConnectionLine } from "./line.js";
import { LobbyView } from "./lobby.js";
import { Cross, Left as TimeLeft, Say, roundWords, timeLeft } from "./pieces.js";
import { deadline } from "./scene.js";
import { styles } from "./sheeted.js";
import {
  closeToast,
  newContacts,
  now,
  openPage,
  page,
  sheet,
  state,
  toasts,
  where,
} from "./session.js";

/** Returns the view `name` of a module that is fetched later, with its stylesheets. */
function view(name, load, ...sheets) {
  return later(() =>
    Promise.all([load(), ...sheets.map(styles)]).then(([module]) => module[name]),
  );
}

const Closed = view("Closed", () => import("./endings.js"));
const Ended = view("Ended", () => import("./endings.js"));
const Left = view("Left", () => import("./endings.js"));
const Waits = view("Waits", () => import("./endings.js"));
const PreviewView = view("PreviewView", () => import("./preview.js"), "preview", "room", "tiles", "switches");
const RoomView = view("RoomView", () => import("./room.js"), "room", "tiles", "switches", "first-minute", "in-sight");
const FloorView = view("FloorView", () => import("./floor.js"), "floor");
const PlenaryView = view("PlenaryView", () => import("./plenary.js"), "floor");
const StationView = view("StationView", () => import("./station.js"), "room", "tiles", "switches", "first-minute", "in-sight", "station");
const AfterView = view("AfterView", () => import("./after.js"), "people");
const PeopleView = view("PeopleView", () => import("./people.js"), "people");
const ProfileView = view("ProfileView", () => import("./profile.js"), "profile", "tags");
const CheckView = later(
  () => Promise.all([import("./check.js"), styles("check")]).then(([module]) => module.CheckView),
  { rest: false },
);
const PracticeView = later(
  () =>
    Promise.all([import("./practice.js"), styles("practice")]).then(
      ([module]) => module.PracticeView,
    ),
  { rest: false },
);
const Sheets = view("Sheets", () => import("./sheets.js"), "people", "sheet");
const Celebration = later(() => import("./keep.js").then((module) => module.Celebration));
const OpenBadge = later(() => import("./badge.js").then((module) => module.OpenBadge));

const ALONE = { arriving: Arriving, closed: Closed, left: Left, waits: Waits };

/** The place of a view that is still being fetched: on a bad line one reads at least where one is. */
function Empty() {
  return html`<main id="main" class="ending" tabindex="-1">
    <h1>${roundWords(state.value.event) || t("One moment, please")}</h1>
    <p role="status">${t("Opening the door…")}</p>
  </main>`;
}

/** The whole page. */
export function App() {
  const current = where.value;
  const Whole = ALONE[current];
  const chosen = chosenPage();
  useFocusOnChange(`${current}:${chosen}`);
  if (Whole) return html`<div class=${`app scene-${current}`}><${Whole} empty=${html`<${Arriving} />`} /></div>`;
  return html`<div class=${`app scene-${["now", "practice"].includes(chosen) ? current : "page"}`}>
    <${Header} current=${current} />
    <section class="lines" aria-label=${t("News")}>
      <${ConnectionLine} /><${StoreLine} /><${ClosingLine} /><${Announcement} /><${Toasts} />
    </section>
    <${Chosen} page=${chosen} current=${current} />
    ${sheet.value && html`<${Sheets} />`}
  </div>`;
}

/** Where rooms carry no sound and picture, there is nothing to check. */
function chosenPage() {
  const none = state.value.media.policy === "none";
  return page.value === "check" && none ? "now" : page.value;
}

function Chosen({ page, current }) {
  switch (page) {
    case "now":
      return html`<${Now} current=${current} />`;
    case "practice":
      return html`<${PracticeView}><${Now} current=${current} /><//>`;
    default:
      return html`<${Page} current=${current} />`;
  }
}

function Now({ current }) {
  if (state.value.you.role === "station" && current !== "ended")
    return html`<${StationView} current=${current} empty=${html`<${Empty} />`} />`;
  switch (current) {
    case "preview":
      return html`<${PreviewView} empty=${html`<${Empty} />`} />`;
    case "room":
      return html`<${RoomView} empty=${html`<${Empty} />`} />`;
    case "floor":
      return html`<${FloorView} empty=${html`<${Empty} />`} />`;
    case "plenary":
      return html`<${PlenaryView} empty=${html`<${Empty} />`} />`;
    case "after":
      return html`<${AfterView} empty=${html`<${Empty} />`} />`;
    case "out":
      return html`<${LobbyView} out=${true} />`;
    case "ended":
      return html`<${Ended} empty=${html`<${Empty} />`} />`;
    default:
      return html`<${LobbyView} />`;
  }
}

function Page({ current }) {
  return html`<main id="main" class="column" tabindex="-1">
    <p class="back-line">
      <a class="button plain" href="#now">
        <${Icon} name="chevron-left" />${current === "room" ? t("Back to the room") : t("Back to the evening")}
      </a>
    </p>
    <${PageView} />
  </main>`;
}

function PageView() {
  switch (page.value) {
    case "people":
      return html`<${PeopleView} />`;
    case "check":
      return html`<${CheckView} />`;
    default:
      return html`<${ProfileView} />`;
  }
}

/** A new view begins at its top, and the keyboard goes on from there when its place is gone. */
function useFocusOnChange(key) {
  const last = useRef(key);
  useLayoutEffect(() => {
    if (last.current === key) return;
    last.current = key;
    scrollTo(0, 0);
    if (document.activeElement === document.body)
      document.getElementById("main")?.focus({ preventScroll: true });
  }, [key]);
}

function Header({ current }) {
  const { event } = state.value;
  const target = deadline(state.value, current);
  const clock = ["room", "floor", "plenary"].includes(current) ? target : null;
  const isStation = state.value.you.role === "station";
  const links = isStation
    ? []
    : [
        ["people", "users", t("People met")],
        ["you", "user", t("You")],
      ];
  return html`<header class=${`head${clock ? " with-clock" : ""}`}>
    <a class="brand head-brand" href="#now" aria-label=${t("{title}: back to the evening", { title: event.title })}>
      <${Logo} /><span class="head-title truncate"><bdi>${event.title}</bdi></span>
    </a>
    ${
      current === "room" &&
      html`<span class="second head-round">
      ${[placeWords(), roundWords(event)].filter(Boolean).join(" · ")}
    </span>`
    }
    ${clock && html`<${HeadClock} target=${clock} />`}
    <nav class="head-nav" aria-label=${t("Pages")}>
      ${links.map(
        ([
          name,
          icon,
          word,
        ]) => html`<a key=${name} class="button plain" href=${`#${name}`} aria-current=${page.value === name ? "page" : null}>
          <${Icon} name=${icon} /><span>${word}</span>${name === "people" && html`<${OpenBadge} />`}
        </a>`,
      )}
    </nav>
  </header>`;
}

function placeWords() {
  const { room } = state.value;
  return room?.table ? t("Table {table}", { table: room.table }) : "";
}

const WARN_MS = 60_000;

function HeadClock({ target }) {
  const { paused } = state.value.event;
  const ms = timeLeft(target.until);
  return html`<div class=${`head-clock${ms <= WARN_MS ? " last" : ""}${paused !== null ? " stands" : ""}`}>
    <${Ring} left=${share(target.from, target.until, now.value, paused)} size=${34} width=${14} />
    <time class="figures" role="timer" aria-live="off" datetime=${durationCode(ms)}>
      <span class="visually-hidden">${t("Time left:")} </span>${clockText(ms)}
    </time>
    ${paused !== null && html`<span class="second paused"><${Icon} name="pause" size=${20} /><span>${t("paused")}</span></span>`}
  </div>`;
}

function StoreLine() {
  return state.value.store_away
    ? html`<p class="line attention" role="status"><${Icon} name="clock" /><span>${t("The evening takes a breath: what you do now arrives in a moment. Nothing is lost.")}</span></p>`
    : null;
}

function ClosingLine() {
  const { closes_at, phase } = state.value.event;
  if (!closes_at || phase === "ended") return null;
  return html`<p class="line attention" role="status"><${Icon} name="clock" />
    <span><${Say} sentence="The host closes the evening in {time}." values=${{ time: html`<${TimeLeft} until=${closes_at} />` }} /></span></p>`;
}

/** An announcement stays until it is put away, or for so long. */
const ANNOUNCED_MS = 300_000;

function Announcement() {
  const [putAway, setPutAway] = useState(new Set());
  const shown = state.value.notices
    .filter(
      (notice) => !notice.code && !putAway.has(notice.key) && now.value - notice.at < ANNOUNCED_MS,
    )
    .slice(-2);
  return shown.map(
    (notice) => html`<div class="announcement card soft" key=${notice.key}>
      <${Icon} name="megaphone" />
      <div class="grow">
        <p class="strong"><${Sender} name=${notice.name} /></p>
        <p><bdi>${notice.text}</bdi></p>
      </div>
      <${Cross} word=${t("Put away")} onClick=${() => setPutAway(new Set([...putAway, notice.key]))} />
    </div>`,
  );
}

function Sender({ name }) {
  if (!name) return t("From the host");
  return html`<${Say} sentence="From {name}, your host" values=${{ name: html`<bdi>${name}</bdi>` }} />`;
}

/** Short words at the edge; screen readers hear them from the announcer. */
function Toasts() {
  const cards = newContacts.value;
  return html`<div class="toasts">
    ${
      cards.length > 0 &&
      page.value !== "people" &&
      where.value !== "after" &&
      html`<div class="toast good" key=${`contact:${cards.map((card) => card.id).join()}`}>
      <${Celebration} card=${cards[0]} />
      <p class="grow">${
        cards.length > 1
          ? t("You and {names} are in touch now.", { names: nameList(cards.map((each) => each.name)) })
          : html`<${Say} sentence="You and {name} are in touch now." values=${{ name: html`<bdi class="strong">${cards[0].name}</bdi>` }} />`
      }</p>
      <button type="button" class="link-button" onClick=${() => {
        newContacts.value = [];
        openPage("people");
      }}>${t("See")}</button>
      <${Cross} word=${t("Put away")} onClick=${() => (newContacts.value = [])} />
    </div>`
    }
    ${toasts.value.map(
      (item) => html`<div class=${`toast ${item.tone}`} key=${item.key}>
        <p class="grow"><bdi>${item.text}</bdi></p>
        <${Cross} word=${t("Put away")} onClick=${() => closeToast(item)} />
      </div>`,
    )}
  </div>`;
}
