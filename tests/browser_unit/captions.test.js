import assert from "node:assert/strict";
import { test } from "node:test";
import "./vendored.js";

const { signal } = await import("@preact/signals");
const { makeCaptions } = await import("../../static/media/captions.js");
const { Recogniser, recognition, staysHere } = await import("../../static/media/recogniser.js");

/** A recogniser that hears what a test says, as the browser's does. */
function listener({ local = "unavailable" } = {}) {
  const made = [];
  class Recognition {
    static available = async () => local;
    constructor() {
      made.push(this);
      this.results = [];
    }
    start(track) {
      this.track = track;
      this.started = true;
    }
    abort() {
      this.aborted = true;
      this.onend?.();
    }
    hears(transcript, isFinal = false, at = this.results.length) {
      this.results[at] = Object.assign([{ transcript }], { isFinal });
      this.onresult({ resultIndex: at, results: this.results });
    }
    fails(error) {
      this.onerror({ error });
      this.onend?.();
    }
  }
  return { Recognition, made };
}

const room = (id, ...people) => ({ id, people: people.map((name) => ({ id: name, name })) });
const on = { state: "on", track: Object.assign(new EventTarget(), { kind: "audio" }) };
const off = { state: "off", track: null };

function one(me, people, { Recognition = null, id = "r1" } = {}) {
  const state = signal({ you: { id: me }, room: room(id, ...people) });
  const microphone = signal(on);
  const handed = [];
  let time = 0;
  const captions = makeCaptions({
    state,
    microphone,
    hand: (to, data) => handed.push([to, data]),
    Recognition,
    clock: () => time,
  });
  return { ...captions, state, microphone, handed, later: (ms) => (time += ms) };
}

const heardBy = ({ lines }) => lines.value.map(({ from, text }) => `${from}: ${text}`);
/** Carries what one handed on to another. */
function carry(from, sender, to, receiver) {
  for (const [id, data] of sender.handed.splice(0)) if (id === to) receiver.receive(from, data);
}

test("nobody's speech is written down before they said yes", () => {
  const { Recognition, made } = listener();
  const bo = one("bo", ["ana", "bo"], { Recognition });
  bo.receive("ana", { room: "r1", captions: { wish: true } });
  assert.deepEqual([...bo.wishers.value], ["ana"]);
  assert.equal(made.length, 0);
});

test("a wish, a yes, and what is said is read by who asked, and by nobody else", async () => {
  const { Recognition, made } = listener();
  const ana = one("ana", ["ana", "bo", "chidi"]);
  const bo = one("bo", ["ana", "bo", "chidi"], { Recognition });
  ana.wish(true);
  carry("ana", ana, "bo", bo);
  await bo.give("en");
  made[0].hears("hello there", true);
  assert.deepEqual(
    bo.handed.map(([to]) => to),
    ["ana"],
  );
  carry("bo", bo, "ana", ana);
  assert.deepEqual(heardBy(ana), ["bo: hello there"]);
  assert.deepEqual(heardBy(bo), ["bo: hello there"], "one sees what the others read");
  assert.equal(made[0].lang, "en");
});

test("half-heard words are replaced by the finished line, and sent seldom", async () => {
  const { Recognition, made } = listener();
  const ana = one("ana", ["ana", "bo"]);
  const bo = one("bo", ["ana", "bo"], { Recognition });
  ana.wish(true);
  carry("ana", ana, "bo", bo);
  await bo.give("en");
  bo.later(1_000);
  made[0].hears("he", false, 0);
  made[0].hears("hel", false, 0);
  assert.equal(bo.handed.length, 1);
  made[0].hears("hello", true, 0);
  carry("bo", bo, "ana", ana);
  assert.deepEqual(heardBy(ana), ["bo: hello"]);
});

test("a muted microphone is not listened to, and goes on when it is on again", async () => {
  const { Recognition, made } = listener();
  const bo = one("bo", ["ana", "bo"], { Recognition });
  await bo.give("ja");
  bo.microphone.value = off;
  assert.equal(made[0].aborted, true);
  bo.microphone.value = on;
  assert.equal(made.length, 2);
});

test("captions that would silence their speaker, as on an iPhone, stop and say so", async () => {
  const { Recognition, made } = listener();
  const bo = one("bo", ["ana", "bo"], { Recognition });
  await bo.give("ja");
  bo.microphone.value.track.dispatchEvent(new Event("mute"));
  assert.equal(made[0].aborted, true);
  assert.deepEqual([bo.giving.value.state, bo.giving.value.problem], ["failed", "silences"]);
  await bo.give("ja");
  bo.stopGiving();
  bo.microphone.value.track.dispatchEvent(new Event("mute"));
  assert.equal(bo.giving.value.state, "off", "a mute that has nothing to do with it");
});

test("another room is asked anew, and a yes does not go along", async () => {
  const { Recognition, made } = listener();
  const ana = one("ana", ["ana", "bo"], { Recognition });
  ana.wish(true);
  await ana.give("en");
  ana.handed.splice(0);
  ana.state.value = { ...ana.state.value, room: room("r2", "ana", "chidi") };
  assert.equal(made[0].aborted, true);
  assert.equal(ana.giving.value.state, "off");
  assert.deepEqual(ana.handed, [["chidi", { room: "r2", captions: { wish: true } }]]);
  assert.deepEqual(ana.lines.value, []);
});

test("who joins later is asked, too; who leaves is not written to", () => {
  const ana = one("ana", ["ana", "bo"]);
  ana.wish(true);
  ana.receive("bo", { room: "r1", captions: { wish: true } });
  ana.handed.splice(0);
  ana.state.value = { ...ana.state.value, room: room("r1", "ana", "chidi") };
  assert.deepEqual(
    ana.handed.map(([to]) => to),
    ["chidi"],
  );
  assert.equal(ana.wishers.value.size, 0);
});

test("a wish that is read before the room itself counts once one is there", () => {
  const bo = one("bo", ["bo", "chidi"]);
  bo.receive("ana", { room: "r2", captions: { wish: true } });
  assert.equal(bo.wishers.value.size, 0);
  bo.state.value = { ...bo.state.value, room: room("r2", "ana", "bo") };
  assert.deepEqual([...bo.wishers.value], ["ana"]);
});

test("the same people in another room are asked anew", () => {
  const ana = one("ana", ["ana", "bo"]);
  ana.wish(true);
  ana.handed.splice(0);
  ana.state.value = { ...ana.state.value, room: room("r2", "ana", "bo") };
  assert.deepEqual(ana.handed, [["bo", { room: "r2", captions: { wish: true } }]]);
});

test("letters of another room, of strangers, and nonsense change nothing", () => {
  const ana = one("ana", ["ana", "bo"]);
  ana.wish(true);
  const line = { id: "1", text: "x", final: true };
  ana.receive("bo", { room: "r0", captions: { line } });
  ana.receive("eve", { room: "r1", captions: { line } });
  for (const captions of [
    null,
    7,
    [],
    { line: 7 },
    { line: { id: 1, text: "x" } },
    { wish: "yes" },
  ])
    ana.receive("bo", { room: "r1", captions });
  ana.receive("bo", null);
  assert.deepEqual(ana.lines.value, []);
  assert.equal(ana.wishers.value.size, 0);
  ana.receive("bo", { room: "r1", captions: { line: { ...line, text: "y".repeat(9_000) } } });
  assert.equal(ana.lines.value[0].text.length, 400);
});

test("a refusal of the browser is told, and ends it", async () => {
  const { Recognition, made } = listener();
  const bo = one("bo", ["ana", "bo"], { Recognition });
  await bo.give("en");
  made[0].fails("no-speech");
  assert.equal(bo.giving.value.state, "on");
  const second = one("bo", ["ana", "bo"], { Recognition });
  await second.give("en");
  made.at(-1).fails("not-allowed");
  assert.deepEqual([second.giving.value.state, second.giving.value.problem], ["failed", "refused"]);
  bo.stop();
});

test("a recogniser that ends after a silence goes on; one that ends at once gives up", () => {
  const { Recognition, made } = listener();
  const waiting = [];
  let time = 0;
  const timers = { setTimeout: (work) => waiting.push(work), clearTimeout: () => {} };
  const recogniser = new Recogniser({ Recognition, timers, clock: () => time });
  const problems = [];
  recogniser.start({
    track: new EventTarget(),
    language: "en",
    said() {},
    failed: (problem) => problems.push(problem),
  });
  time = 60_000;
  made[0].onend();
  waiting.pop()();
  assert.equal(made.length, 2);
  for (let turn = 0; turn < 5; turn += 1) {
    made.at(-1).onend();
    waiting.pop()?.();
  }
  assert.deepEqual(problems, ["unreachable"]);
});

test("a language installed on the device stays there", async () => {
  const { Recognition } = listener({ local: "available" });
  assert.equal(await staysHere(Recognition, "en"), true);
  assert.equal(await staysHere(class {}, "en"), false);
  const bo = one("bo", ["bo", "ana"], { Recognition });
  await bo.give("en");
  assert.equal(bo.giving.value.local, true);
  assert.equal(recognition({}), null);
  assert.equal(recognition({ webkitSpeechRecognition: Recognition }), Recognition);
});
