/**
 * The practice round: the real views, a partner that is a script, and the real evening kept behind it.
 *
 * Invariants: while it runs, nothing one does goes to the server and nothing is stored; whatever the
 * evening says is folded behind the scene; a real preview or room ends the practice at once.
 */
import { Icon } from "../icons.js";
import { did, reduce } from "../state.js";
import { html, useEffect } from "../view.js";
import { t } from "../words.js";
import { keepApart } from "./keeping.js";
import { Action } from "./pieces.js";
import { PARTNER, answers, opening, script } from "./practice-script.js";
import { scene } from "./scene.js";
import { connection, letStandIn, newContacts, now, openPage, state, take } from "./session.js";

/** Where somebody waits, there is time for it. */
const WAITING = ["lobby", "out"];

let behind = null;
let timers = [];
/** The partner's face and voice, where the evening has sound and picture. */
let partner = null;
/** What was to be on in rooms: a practice leaves no trace in them. */
let wanted = null;

/** Fetches the partner's face and voice; without them one practises all the same. */
async function prepare() {
  if (state.peek().media.policy === "none") return;
  try {
    const [{ carriers }, { Partner }, devices] = await Promise.all([
      import("../media/calls.js"),
      import("../media/partner.js"),
      import("../media/devices.js"),
    ]);
    wanted = { devices, before: devices.wanted.peek() };
    carriers.practice = (place, changed) => {
      partner = new Partner({ id: PARTNER, changed });
      return partner;
    };
  } catch (error) {
    console.info("The partner's picture could not be fetched:", error);
  }
}

/** The page of the practice: a line that says so above the views of the round. `children`: the view. */
export function PracticeView({ children }) {
  useEffect(() => {
    let gone = false;
    prepare().then(() => gone || begin() || openPage("now"));
    return () => {
      gone = true;
      end();
    };
  }, []);
  const over = state.value.event.phase === "break";
  return html`<div class="practice">
    <aside class="practice-line" aria-label=${t("Practice")}>
      <p class="row practice-words"><${Icon} name="info" /><span>
        ${
          over
            ? t(
                "That is all: a round, and a moment for the people you met. Nothing of this was kept.",
              )
            : t("Practice: only you are here, and nothing is sent or kept.")
        }
      </span></p>
      <p class="buttons">
        ${state.value.room && partner && html`<${Action} icon="volume-2" onClick=${() => partner.speak()}>${t("Let Momo speak")}<//>`}
        <${Action} icon=${over ? "check" : "x"} className=${over ? "primary" : ""} onClick=${() => openPage("now")}>
          ${over ? t("Back to the evening") : t("End the practice")}
        <//>
      </p>
    </aside>
    ${children}
  </div>`;
}

/** Begins, if the evening leaves time for it; returns whether it does. */
function begin() {
  const real = state.peek();
  const standing = scene(real, connection.peek(), now.peek());
  if (!WAITING.includes(standing) || real.you.mode === "on-site") return false;
  behind = real;
  letStandIn({ ask: answer, hear, done: (command) => (behind = did(behind, command)) });
  keepApart(true);
  state.value = opening(real);
  for (const step of script(state.peek(), now.peek())) plan(step);
  return true;
}

function plan({ after, messages }) {
  const say = () => {
    const list = typeof messages === "function" ? messages(state.peek()) : messages;
    for (const message of list) take(message);
  };
  if (after === 0) say();
  else timers.push(setTimeout(say, after));
}

/** The evening comes back as it is by now. */
function end() {
  if (behind === null) return;
  for (const timer of timers) clearTimeout(timer);
  timers = [];
  letStandIn(null);
  keepApart(false);
  newContacts.value = [];
  state.value = behind;
  behind = null;
  partner = null;
  if (wanted) putBack(wanted);
  wanted = null;
}

/** What was turned on for the practice goes off: the real room must not begin with it. */
function putBack({ devices, before }) {
  for (const [kind, on] of Object.entries(before)) {
    devices.want(kind, on);
    if (!on) devices.turnOff(kind, { remember: false });
  }
  devices.turnOff("screen", { remember: false });
}

/** Answers a command in the server's place. */
function answer(type, fields) {
  const steps = answers(state.peek(), { type, ...fields }, now.peek());
  if (steps === null) openPage("now");
  else queueMicrotask(() => behind && steps.forEach(plan));
}

/** Hears the real evening meanwhile: a word of the host is shown, a round is gone to. */
function hear(message, at) {
  const next = reduce(behind, message, at);
  if (!WAITING.includes(scene(next, connection.peek(), at))) {
    end();
    take(message);
    openPage("now");
    return;
  }
  behind = next;
  if (message.type === "notice") take(message);
}
