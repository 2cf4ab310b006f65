/**
 * The socket: one connection that is kept alive and resumed, refs with their answers, the server's
 * clock. It knows no feature: it hands messages on and sends what it is given.
 *
 * Everything outside is an argument (`open`, `timers`, `local`, `random`), so that tests need no network.
 *
 * Invariants: a ref is answered exactly once to its asker, through any number of reconnections of the
 * same session. Nothing is sent before `welcome`. After a close code from 4500 on nothing is tried again.
 */
import { addSample, offset } from "./clock.js";

export const PROTOCOL = "meguri.1";

/** Back-off with full jitter: a wait drawn from 0 to BASE × 2ⁿ, so that a crowd doesn't return as one. */
const BASE_MS = 500;
const CAP_MS = 4_000;

/** The server's time is asked for this often; an answer that takes longer means the line is dead. */
const CLOCK_EVERY_MS = 15_000;
const ANSWER_WITHIN_MS = 6_000;
/** Where there is reason for doubt (a phone woke up, the network changed), it is asked for less long. */
const DOUBTED_WITHIN_MS = 2_500;
/** At first a few quick questions, so that the first countdown is right. */
const FIRST_CLOCKS_MS = [0, 300, 1_000];

/** An answer of the server that says no, or that a command could not be delivered. */
export class Refused extends Error {
  constructor(code, message) {
    super(message);
    this.name = "Refused";
    this.code = code;
  }
}

/** Says what a close code asks for: `again`, or `never`. */
export function afterClose(code) {
  return code >= 4500 && code <= 4999 ? "never" : "again";
}

/** Returns the wait (ms) before attempt `n`, counted from 0. */
export function backoff(n, random) {
  return random() * Math.min(CAP_MS, BASE_MS * 2 ** n);
}

/** Returns ms since 1970 by a clock that never jumps when the computer's own is set. */
export function steadyClock() {
  return performance.timeOrigin + performance.now();
}

const BROWSER_TIMERS = {
  set: (work, ms) => setTimeout(work, ms),
  clear: (timer) => clearTimeout(timer),
};

export class Wire {
  #url;
  #open;
  #timers;
  #local;
  #random;
  #message;
  #status;
  #hello;
  #socket = null;
  #welcomed = false;
  #attempt = 0;
  #retry = null;
  #session = null;
  #tip = null;
  #nextRef = 1;
  #waiting = new Map(); // ref → {frame, again, resolve, reject, sent}, in the order of asking
  #samples = [];
  #clockTimer = null;
  #answerTimer = null;
  #ended = true;

  /**
   * `url`: the socket's, absolute or a path. `message(message)`: every message but answers and clock.
   * `status({now, code, reason, attempt, retry_at})`: `connecting`, `open`, `lost` or `closed`.
   * `hello({resumed})`: messages to send right after each welcome, before anything waiting.
   */
  constructor({
    url,
    message,
    status = () => {},
    hello = () => [],
    open = (address, protocol) => new WebSocket(address, protocol),
    timers = BROWSER_TIMERS,
    local = steadyClock,
    random = Math.random,
  }) {
    this.#url = url;
    this.#message = message;
    this.#status = status;
    this.#hello = hello;
    this.#open = open;
    this.#timers = timers;
    this.#local = local;
    this.#random = random;
  }

  /** Connects, and from then on reconnects by itself until `stop` or a final close code. */
  start() {
    if (!this.#ended) return;
    this.#ended = false;
    this.#attempt = 0;
    this.#connect();
  }

  /** Closes for good, from our side; `start` may be called again. What waits is refused. */
  stop() {
    this.#end(1000);
    this.#status({ now: "closed", code: 1000 });
  }

  /** Returns the server's time now (ms), as well as it is known. */
  now() {
    return this.#local() + offset(this.#samples);
  }

  /** Sends without asking for an answer; dropped while there is no connection. */
  tell(type, fields = {}) {
    if (this.#welcomed) this.#send({ type, ...fields });
  }

  /**
   * Sends a command with a ref. The promise resolves when it is done, and rejects with `Refused`.
   * Unanswered commands are sent again when the session is resumed, which the server does once.
   * When the session is gone, only those marked `again` (harmless when done twice) are repeated.
   */
  ask(type, fields = {}, { again = false } = {}) {
    if (this.#ended) return Promise.reject(new Refused("closed", ""));
    const ref = this.#nextRef++;
    return new Promise((resolve, reject) => {
      const frame = { type, ref, ...fields };
      this.#waiting.set(ref, { frame, again, resolve, reject, sent: this.#welcomed });
      if (this.#welcomed) this.#send(frame);
    });
  }

  /** Tries now instead of at the end of the wait: the network is back, the page is looked at again. */
  hurry() {
    if (this.#ended) return;
    if (this.#retry !== null) {
      this.#attempt = 0;
      this.#connect();
    } else if (this.#welcomed) {
      this.#timers.clear(this.#answerTimer);
      this.#answerTimer = this.#timers.set(() => this.#closed(1006), DOUBTED_WITHIN_MS);
      this.#askClock();
    }
  }

  /** Returns the address with where to go on from. */
  #address() {
    const base = globalThis.location?.href ?? "http://localhost/";
    const url = new URL(this.#url, base);
    if (url.protocol === "http:") url.protocol = "ws:";
    if (url.protocol === "https:") url.protocol = "wss:";
    if (this.#session !== null && this.#tip !== null) {
      url.searchParams.set("after", this.#tip);
      url.searchParams.set("session", this.#session);
    }
    return url.href;
  }

  #connect() {
    this.#clearTimers();
    this.#drop();
    this.#status({ now: "connecting", attempt: this.#attempt });
    const socket = this.#open(this.#address(), PROTOCOL);
    this.#socket = socket;
    socket.onmessage = (event) => this.#received(event.data);
    socket.onclose = (event) => this.#closed(event.code, event.reason);
    // A handshake that hangs (a captive network) is given up like a silent line.
    this.#answerTimer = this.#timers.set(() => this.#closed(1006), ANSWER_WITHIN_MS * 2);
  }

  /** Lets go of the socket without waiting for its close, which a dead line delays by minutes. */
  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    this.#welcomed = false;
    if (socket === null) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  #closed(code, reason = "") {
    this.#clearTimers();
    this.#drop();
    if (this.#ended) return;
    if (afterClose(code) === "never") {
      this.#end(code);
      this.#status({ now: "closed", code, reason });
      return;
    }
    if (code === 4002) this.#forget();
    const wait = backoff(this.#attempt, this.#random);
    this.#attempt += 1;
    this.#retry = this.#timers.set(() => this.#connect(), wait);
    this.#status({ now: "lost", code, attempt: this.#attempt, retry_at: this.now() + wait });
  }

  #end(code) {
    this.#ended = true;
    this.#clearTimers();
    this.#drop();
    this.#refuseWaiting((entry) => true, code === 1000 ? "left" : "closed");
    this.#forget();
  }

  #forget() {
    this.#session = null;
    this.#tip = null;
  }

  #refuseWaiting(which, code) {
    for (const [ref, entry] of [...this.#waiting]) {
      if (!which(entry)) continue;
      this.#waiting.delete(ref);
      entry.reject(new Refused(code, ""));
    }
  }

  #received(data) {
    const message = JSON.parse(data);
    if (typeof message.tip === "string" && message.tip) this.#tip = message.tip;
    switch (message.type) {
      case "welcome":
        this.#greet(message);
        return;
      case "clock":
        this.#heardClock(message);
        return;
      case "done":
        this.#answer(message.ref, (entry) => entry.resolve(message));
        return;
      case "refused":
        this.#answer(message.ref, (entry) =>
          entry.reject(new Refused(message.code, message.message)),
        );
        this.#message(message);
        return;
      default:
        this.#message(message);
    }
  }

  #greet(message) {
    this.#timers.clear(this.#answerTimer);
    this.#answerTimer = null;
    this.#welcomed = true;
    this.#attempt = 0;
    this.#samples = addSample(this.#samples, {
      sent: null,
      received: this.#local(),
      now: message.now,
    });
    // A new session does not know our refs: what was sent may have been done already.
    if (!message.resumed)
      this.#refuseWaiting((entry) => entry.sent && !entry.again, "connection-lost");
    this.#session = message.session;
    this.#message(message);
    this.#status({ now: "open" });
    for (const { type, ...fields } of this.#hello({ resumed: message.resumed })) {
      this.tell(type, fields);
    }
    for (const entry of this.#waiting.values()) {
      entry.sent = true;
      this.#send(entry.frame);
    }
    this.#askClock(0);
  }

  #answer(ref, settle) {
    const entry = this.#waiting.get(ref);
    if (entry === undefined) return; // answered again after a resumed connection
    this.#waiting.delete(ref);
    settle(entry);
  }

  /** Asks for the server's time; `round` counts the quick questions at the start. */
  #askClock(round = FIRST_CLOCKS_MS.length) {
    this.#timers.clear(this.#clockTimer);
    if (!this.#welcomed) return;
    this.#send({ type: "clock", t: this.#local() });
    if (this.#answerTimer === null) {
      this.#answerTimer = this.#timers.set(() => this.#closed(1006), ANSWER_WITHIN_MS);
    }
    const next = round + 1 < FIRST_CLOCKS_MS.length ? FIRST_CLOCKS_MS[round + 1] : CLOCK_EVERY_MS;
    this.#clockTimer = this.#timers.set(() => this.#askClock(round + 1), next);
  }

  #heardClock({ t, now }) {
    this.#timers.clear(this.#answerTimer);
    this.#answerTimer = null;
    const received = this.#local();
    // A sample older than the line's patience was sent before the computer slept.
    const sent = typeof t === "number" && received - t < ANSWER_WITHIN_MS ? t : null;
    this.#samples = addSample(this.#samples, { sent, received, now });
  }

  /** What a closing socket would swallow is left to the next one, which sends again what waits. */
  #send(frame) {
    if (this.#socket.readyState > 1) return;
    this.#socket.send(JSON.stringify(frame));
  }

  #clearTimers() {
    for (const timer of [this.#retry, this.#clockTimer, this.#answerTimer])
      this.#timers.clear(timer);
    this.#retry = this.#clockTimer = this.#answerTimer = null;
  }
}
