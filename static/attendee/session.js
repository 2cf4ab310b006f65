/**
 * The evening as this page has it: signals that views read, and the one way to ask for something.
 *
 * Owns the wire. Views never see the socket: they read `state`, `now`, `where`, and call `ask`.
 */
import { batch, computed, effect, signal } from "../view.js";
import { crossed, left } from "../clock.js";
import { did, initial, isContact, reduce } from "../state.js";
import { t, tn } from "../words.js";
import { Refused, Wire } from "../wire.js";
import { scene } from "./scene.js";
import { spoken, warning } from "./speaking.js";
import { noticeWords, refusedWords } from "./wording.js";

export const state = signal(initial());
export const connection = signal({ now: "connecting", attempt: 0 });
/** The server's time (ms), four times a second. */
export const now = signal(0);
/** `now`, `people`, `you`, `check` or `practice`: the page a person has chosen to look at. */
export const page = signal("now");
/** The open sheet: {kind, …} or null. */
export const sheet = signal(null);
export const toasts = signal([]);
/** Contacts that have just been made, for their small celebration: cards. */
export const newContacts = signal([]);
export const where = computed(() => scene(state.value, connection.value, now.value));

/** Data of the page: event, title, language, you … */
export let boot = null;
let wire = null;
let announcer = null;
/** Who stands in for the server in a practice: {ask(type, fields), hear(message, at), done(command)}. */
let standIn = null;

const TICK_MS = 250;
const TOAST_MS = 7_000;
const FRESH_MS = 10_000;

/** Commands that would be felt twice if they were done twice. */
const ONCE = new Set(["say", "call-host", "report", "signal"]);

/** Connects the page; `data` is what the server wrote into it. */
export function begin(data) {
  boot = data;
  announcer = document.getElementById("announcer");
  wire = new Wire({
    url: boot.socket,
    message: received,
    status: (status) => (connection.value = status),
    hello: () => (takesPart() ? [{ type: "here", visible: !document.hidden }] : []),
  });
  document.addEventListener("visibilitychange", looked);
  addEventListener("online", () => wire.hurry());
  addEventListener("offline", () => wire.hurry()); // asks at once whether the line still carries
  addEventListener("pageshow", (event) => event.persisted && wire.hurry());
  document.addEventListener("resume", () => wire.hurry()); // a phone's browser thawed this page
  navigator.connection?.addEventListener?.("change", () => wire.hurry()); // from Wi-Fi to mobile
  setInterval(tick, TICK_MS);
  addEventListener("hashchange", chosenPage);
  chosenPage();
  effect(() => goWhereItHappens(where.value));
  const title = computed(titleWords);
  effect(() => {
    document.title = title.value;
  });
  wire.start();
  tick();
}

/** Asks for something; resolves to whether it was done. A refusal is shown in its own words. */
export async function ask(type, fields = {}) {
  try {
    if (standIn) await standIn.ask(type, fields);
    else if (connection.value.now === "closed" && state.value.event?.phase === "ended")
      await post({ type, ...fields });
    else await wire.ask(type, fields, { again: !ONCE.has(type) });
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    if (refused.code !== "left") toast(refusedWords(refused), "attention");
    return false;
  }
  state.value = did(state.value, { type, ...fields });
  return true;
}

/**
 * Sends a command that is harmless twice and needs no room, by the socket or, where there is none just
 * now, by HTTP. Rejects with `Refused`; nothing is shown.
 */
export async function send({ type, ...fields }) {
  if (connection.peek().now === "open") await wire.ask(type, fields, { again: true });
  else await post({ type, ...fields });
  if (standIn) standIn.done({ type, ...fields });
  else state.value = did(state.value, { type, ...fields });
}

/** Says a refusal in its own words. */
export function showRefusal(refused) {
  toast(refusedWords(refused), "attention");
}

/**
 * Posts a command over HTTP: after the end there is no socket any more, and a page that goes has no
 * time for it (`goes`: the browser sends it even so).
 */
export async function post(command, { goes = false } = {}) {
  let response;
  try {
    response = await fetch(boot.commands, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(command),
      keepalive: goes,
    });
  } catch {
    throw new Refused("unreachable", "");
  }
  if (response.ok) return;
  const problem = await response.json().catch(() => ({}));
  throw new Refused(problem.code ?? "unreachable", problem.detail ?? "");
}

/** Who reads the letters of roommates, and the last ones, for who comes later to read them. */
const readers = [];
const letters = [];
const LETTERS_KEPT = 64;

/** Has `take(message)` called with each letter of a roommate, also with the last that came before. */
export function hearSignals(take) {
  readers.push(take);
  for (const message of letters) take(message);
}

/** Hands a letter to a roommate; resolves to whether it went. Nobody is told when it did not. */
export async function hand(to, data) {
  try {
    await wire.ask("signal", { to, data });
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    return false;
  }
  return true;
}

/** Says a sentence to screen readers, once. */
export function announce(sentence) {
  const line = document.createElement("p");
  line.textContent = sentence;
  announcer.append(line);
  setTimeout(() => line.remove(), TOAST_MS);
}

/** Shows a short sentence for a while; it is also spoken. */
export function toast(text, tone = "plain") {
  showToast(text, tone);
  announce(text);
}

function showToast(text, tone) {
  const item = { key: `${now.value}:${text}`, text, tone };
  toasts.value = [...toasts.value.filter((known) => known.text !== text), item].slice(-3);
  setTimeout(() => closeToast(item), TOAST_MS);
}

/** Takes a toast away. */
export function closeToast(item) {
  toasts.value = toasts.value.filter((known) => known !== item);
}

/** Opens another page of the app; the browser's back button returns. */
export function openPage(name) {
  location.hash = name === "now" ? "" : name;
}

/** Tries to reconnect at once. */
export function tryNow() {
  wire.hurry();
}

/** Leaves the evening for now, whatever the server says to it. */
export async function leave() {
  await ask("leave");
}

/** Comes back after leaving, or takes over from another tab. */
export function comeBack() {
  state.value = initial();
  wire.start();
}

function takesPart() {
  return boot.role !== "host" && boot.role !== "organiser";
}

function looked() {
  if (!document.hidden) wire.hurry();
  if (takesPart()) {
    wire.tell("here", { visible: !document.hidden });
    if (!document.hidden && state.value.you) state.value = did(state.value, { type: "here" });
  }
}

function received(message) {
  if (message.type === "signal") {
    letters.splice(0, letters.push(message) - LETTERS_KEPT);
    for (const take of readers) take(message);
    return;
  }
  if (standIn) standIn.hear(message, wire.now());
  else take(message);
}

/** Puts somebody between this page and the server, for a practice; null takes them away again. */
export function letStandIn(one) {
  standIn = one;
}

/** Takes one message of the server, or of who stands in for it. */
export function take(message) {
  const before = state.value;
  const at = wire.now();
  const after = reduce(before, message, at);
  batch(() => {
    state.value = after;
    now.value = at;
  });
  // What is read again after a reload, or caught up on, is shown but not called out anew.
  const old = typeof message.at === "number" && at - message.at > FRESH_MS;
  if (!old) for (const sentence of spoken(before, message, after, at)) announce(sentence);
  if (message.type === "notice" && message.code && !old) {
    const words = noticeWords(message);
    if (words) showToast(words, "good");
  }
  if (message.type === "bye" && after.event?.phase !== "ended") wire.stop();
  if (message.type === "refused" && message.ref === null) toast(message.message, "attention");
  if (
    message.type === "contact" &&
    Object.keys(message.fields).length &&
    !isContact(before, message.card.id)
  ) {
    celebrate(message.card);
  }
}

/** A small celebration does not stay in the way of the next thing. */
function celebrate(card) {
  newContacts.value = [...newContacts.value.filter((known) => known.id !== card.id), card];
  setTimeout(() => {
    newContacts.value = newContacts.value.filter((known) => known !== card);
  }, 2 * TOAST_MS);
}

/** The time left at the last look, and for which deadline: what a warning is measured by. */
let before = { until: null, left: null };

function tick() {
  now.value = wire.now();
  const { room, event } = state.value;
  if (where.value !== "room" || event.paused !== null || room.ends_at === null) {
    before = { until: null, left: null };
    return;
  }
  const remaining = left(room.ends_at, now.value);
  const last = before.until === room.ends_at ? before.left : null;
  for (const mark of crossed(last, remaining, room.ends_at - room.starts_at))
    announce(warning(mark));
  before = { until: room.ends_at, left: remaining };
}

function chosenPage() {
  const name = location.hash.slice(1);
  if (["people", "you", "check", "practice"].includes(name)) page.value = name;
  else if (name === "" || name === "now") page.value = "now";
}

let lastScene = null;

/** Sheets in which one writes, or that belong to no view: the end of a round leaves them open. */
const LASTING = new Set(["call", "report", "settings"]);

/** A preview or a room calls people back from wherever they were looking. */
function goWhereItHappens(scene) {
  if (scene === lastScene) return;
  const first = lastScene === null || lastScene === "arriving";
  lastScene = scene;
  if (first) return;
  const calls = ["preview", "room", "floor", "plenary"].includes(scene);
  if (calls || !LASTING.has(sheet.peek()?.kind)) sheet.value = null;
  if (calls && page.peek() !== "now" && !standIn) {
    history.replaceState(null, "", location.pathname + location.search);
    page.value = "now";
  }
}

/** What the tab says. It changes with what happens, not every second: a tab must not flicker. */
function titleWords() {
  const title = boot.title;
  if (where.value === "preview") return `● ${t("A round begins")} · ${title}`;
  if (where.value !== "room" || state.value.room.ends_at === null) return title;
  const ms = left(state.value.room.ends_at, now.value, state.value.event.paused);
  const minutes = Math.ceil(ms / 60_000);
  return `${tn("{n} minute left", "{n} minutes left", minutes)} · ${title}`;
}
