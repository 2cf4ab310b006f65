import assert from "node:assert/strict";
import { test } from "node:test";
import "./vendored.js";

const { makeSound } = await import("../../static/media/sound.js");

/** A page as Safari keeps it: an element sounds only if it was itself loaded or played in a press. */
class Page extends EventTarget {
  document = Object.assign(new EventTarget(), { hidden: false });
  elements = [];
  pressing = false;

  press() {
    this.pressing = true;
    this.dispatchEvent(new Event("click"));
    this.pressing = false;
  }

  /** The phone sleeps and wakes: what played stands still. */
  sleepsAndWakes() {
    for (const element of this.elements) element.paused = true;
    this.document.dispatchEvent(new Event("visibilitychange"));
  }

  heard() {
    return this.elements
      .filter((element) => element.srcObject && !element.paused)
      .map((element) => element.srcObject)
      .sort();
  }
}

class Element {
  srcObject = null;
  paused = true;
  #page;
  #may = false;

  constructor(page) {
    this.#page = page;
    page.elements.push(this);
  }

  load() {
    this.#may ||= this.#page.pressing;
  }

  async play() {
    this.#may ||= this.#page.pressing;
    if (!this.#may) throw Object.assign(new Error(), { name: "NotAllowedError" });
    this.paused = false;
  }
}

function open() {
  const page = new Page();
  const makeElement = () => new Element(page);
  return { page, ...makeSound({ page, makeElement, asStream: (track) => track }) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const room = (...names) => new Map(names.map((name) => [name, name]));

test("before any press it is said that the browser plays nothing, and a press anywhere helps", async () => {
  const { page, play, blocked } = open();
  play(room("bo"));
  await settled();
  assert.deepEqual([blocked.value, page.heard()], [true, []]);
  page.press();
  await settled();
  assert.deepEqual([blocked.value, page.heard()], [false, ["bo"]]);
});

test("one press is enough for everybody who comes later, round after round", async () => {
  const { page, play, blocked } = open();
  page.press();
  for (let round = 0; round < 10; round += 1) {
    const names = ["bo", "chidi", "dana", "花子"].map((name) => `${name}-${round}`);
    play(room(...names.slice(0, 2)));
    play(room(...names));
    await settled();
    assert.deepEqual([blocked.value, page.heard()], [false, [...names].sort()]);
    play(room());
  }
  assert.ok(page.elements.length <= 8, "elements are used again");
});

test("what played before the first press is not handed on to somebody whom nobody could hear", async () => {
  const { page, play, blocked } = open();
  play(room("bo"));
  await settled();
  play(room("chidi"));
  page.press();
  play(room("dana"));
  await settled();
  assert.deepEqual([blocked.value, page.heard()], [false, ["dana"]]);
});

test("after a phone slept the others are heard again", async () => {
  const { page, play } = open();
  page.press();
  play(room("bo"));
  await settled();
  page.sleepsAndWakes();
  await settled();
  assert.deepEqual(page.heard(), ["bo"]);
});
