/**
 * The browser's own speech recogniser, kept running over one's microphone until it is stopped.
 *
 * It sends sound to the browser's maker unless the language is installed on the device: whoever starts
 * it has said so first. Invariants: it hears nothing before `start` and nothing after `stop`; texts
 * come as {id, text, final}, where a later one of the same id replaces the earlier.
 */

/** Browsers end it after a silence: it goes on, unless it ends at once again and again. */
const RESTART_MS = 250;
const QUICK_ENDS = 5;
const QUICK_MS = 1_000;

const FATAL = {
  "not-allowed": "refused",
  "service-not-allowed": "refused",
  "audio-capture": "no-sound",
  "language-not-supported": "language",
  network: "unreachable",
};

/** Returns the browser's class of recognisers, or null. */
export function recognition(page = globalThis) {
  return page.SpeechRecognition ?? page.webkitSpeechRecognition ?? null;
}

/** Says whether a language is recognised on this device, so that no sound leaves it. */
export async function staysHere(Recognition, language) {
  try {
    const asked = { langs: [language], processLocally: true };
    return (await Recognition.available?.(asked)) === "available";
  } catch {
    return false; // forbidden by a policy, or not known
  }
}

export class Recogniser {
  #Recognition;
  #timers;
  #clock;
  #running = null;
  #turn = 0;

  constructor({ Recognition, timers = globalThis, clock = () => performance.now() }) {
    this.#Recognition = Recognition;
    this.#timers = timers;
    this.#clock = clock;
  }

  /**
   * Listens to `track` (browsers that cannot be told take their usual microphone), in `language`.
   * `said({id, text, final})`; `failed(problem)`: refused, no-sound, language, unreachable, silences
   * (an iPhone gives its microphone to the recogniser alone: being heard comes first).
   */
  start({ track, language, local, said, failed }) {
    this.stop();
    const task = { track, language, local, said, failed, quick: 0, ended: false, timer: null };
    task.silenced = () => this.#fail(task, "silences");
    track.addEventListener("mute", task.silenced);
    this.#running = task;
    this.#listen(task);
  }

  stop() {
    const task = this.#running;
    if (!task) return;
    this.#running = null;
    task.ended = true;
    task.track.removeEventListener("mute", task.silenced);
    this.#timers.clearTimeout(task.timer);
    task.recogniser?.abort();
  }

  #listen(task) {
    const recogniser = new this.#Recognition();
    const began = this.#clock();
    const turn = ++this.#turn;
    recogniser.lang = task.language;
    recogniser.continuous = true;
    recogniser.interimResults = true;
    if (task.local) recogniser.processLocally = true;
    recogniser.onresult = (event) => this.#heard(task, turn, event);
    recogniser.onerror = ({ error }) => {
      if (error in FATAL) this.#fail(task, FATAL[error]);
    };
    recogniser.onend = () => this.#again(task, began);
    task.recogniser = recogniser;
    try {
      recogniser.start(task.track);
    } catch {
      this.#fail(task, "no-sound");
    }
  }

  #heard(task, turn, { resultIndex, results }) {
    if (task.ended) return;
    for (let at = resultIndex; at < results.length; at += 1) {
      const text = results[at][0].transcript.trim();
      if (text) task.said({ id: `${turn}.${at}`, text, final: results[at].isFinal === true });
    }
  }

  #fail(task, problem) {
    if (task.ended) return;
    this.stop();
    task.failed(problem);
  }

  #again(task, began) {
    if (task.ended) return;
    task.quick = this.#clock() - began < QUICK_MS ? task.quick + 1 : 0;
    if (task.quick >= QUICK_ENDS) this.#fail(task, "unreachable");
    else task.timer = this.#timers.setTimeout(() => this.#listen(task), RESTART_MS);
  }
}
