/**
 * The practice round: the real views, a partner that is a script, and the real evening kept behind it.
 *
 * Invariants: while it runs, nothing one does goes to the server and nothing is stored; whatever the
 * evening says is folded behind the scene; a real preview or room ends the practice at once.
 */
import { Icon } from "../icons.js";
import { reduce } from "../state.js";
import { html, useEffect } from "../view.js";
import { t } from "../words.js";
import { Action } from "./pieces.js";
import { answers, opening, script } from "./practice-script.js";
import { scene } from "./scene.js";
import { connection, letStandIn, now, openPage, state, take } from "./session.js";

/** Where somebody waits, there is time for it. */
const WAITING = ["lobby", "out"];

let behind = null;
let timers = [];

/** The page of the practice: a line that says so above the views of the round. `children`: the view. */
export function PracticeView({ children }) {
  useEffect(() => {
    if (begin()) return end;
    openPage("now");
    return undefined;
  }, []);
  const over = state.value.event.phase === "break";
  return html`<div class="practice">
    <aside class="practice-line" aria-label=${t("Practice")}>
      <p class="row"><${Icon} name="info" /><span>
        ${
          over
            ? t(
                "That is all: a round, and a moment for the people you met. Nothing of this was kept.",
              )
            : t("Practice: only you are here, and nothing is sent or kept.")
        }
      </span></p>
      <${Action} icon=${over ? "check" : "x"} className=${over ? "primary" : ""} onClick=${() => openPage("now")}>
        ${over ? t("Back to the evening") : t("End the practice")}
      <//>
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
  letStandIn({ ask: answer, hear });
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
  state.value = behind;
  behind = null;
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
