import assert from "node:assert/strict";
import { test } from "node:test";
import { Keeping, browserStore } from "../../static/kept.js";

/** An evening that answers when told to, a store, and a clock that only moves when told to. */
class Evening {
  asked = [];
  rows = new Map();
  blocked = false;
  time = 0;
  timers = new Map();
  next = 1;
  refusals = [];

  keeping() {
    const keeping = new Keeping({
      send: (command) =>
        new Promise((resolve, reject) => this.asked.push({ command, resolve, reject })),
      refused: (error) => this.refusals.push(error.code),
      store: browserStore(() => {
        if (this.blocked) throw new Error("SecurityError");
        return {
          getItem: (key) => this.rows.get(key) ?? null,
          setItem: (key, text) => this.rows.set(key, text),
          removeItem: (key) => this.rows.delete(key),
        };
      }),
      timers: {
        set: (work, ms) => {
          this.timers.set(this.next, { work, at: this.time + ms });
          return this.next++;
        },
        clear: (timer) => this.timers.delete(timer),
      },
      today: () => 1_000_000 + this.time,
    });
    keeping.open("evening:ana");
    return keeping;
  }

  pass(ms) {
    this.time += ms;
    for (const [id, timer] of [...this.timers]) {
      if (timer.at <= this.time && this.timers.delete(id)) timer.work();
    }
  }

  async answers(code = null) {
    const { resolve, reject } = this.asked.at(-1);
    if (code === null) resolve();
    else reject(Object.assign(new Error(code), { code }));
    await settled();
  }

  get texts() {
    return this.asked.map(({ command }) => command.text ?? command.stars ?? command.yes);
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const note = (text) => ({ type: "note", about: "bo", text });

test("what is typed is sent once the thumbs rest, and is then saved", async () => {
  const evening = new Evening();
  const keeping = evening.keeping();
  for (const text of ["t", "te", "tea"]) {
    keeping.keep("note:bo", note(text), { typed: true });
    evening.pass(300);
  }
  assert.deepEqual(evening.texts, []);
  evening.pass(700);
  assert.deepEqual(evening.texts, ["tea"]);
  assert.equal(keeping.standing("note:bo"), "saving");
  await evening.answers();
  assert.equal(keeping.standing("note:bo"), "saved");
  assert.equal(evening.rows.size, 0);
});

test("every keystroke survives a page that is gone before it was sent", () => {
  const evening = new Evening();
  evening.keeping().keep("note:bo", note("half a sen"), { typed: true });
  const after = evening.keeping();
  assert.equal(after.get("note:bo").text, "half a sen");
  assert.deepEqual(evening.texts, ["half a sen"]);
});

test("leaving a field sends at once, and only once", async () => {
  const evening = new Evening();
  const keeping = evening.keeping();
  keeping.keep("note:bo", note("tea"), { typed: true });
  keeping.flush();
  await evening.answers();
  evening.pass(5_000);
  assert.deepEqual(evening.texts, ["tea"]);
});

test("the latest stands in the end: one at a time, never an older one after it", async () => {
  const evening = new Evening();
  const keeping = evening.keeping();
  keeping.keep("keep:bo", { type: "keep-in-touch", about: "bo", yes: true });
  keeping.keep("keep:bo", { type: "keep-in-touch", about: "bo", yes: false });
  assert.deepEqual(evening.texts, [true]);
  await evening.answers();
  assert.deepEqual(evening.texts, [true, false]);
  assert.equal(keeping.get("keep:bo").yes, false);
  await evening.answers();
  assert.equal(keeping.get("keep:bo"), null);
});

test("while nothing answers it waits, and goes on when the line is back", async () => {
  const evening = new Evening();
  const keeping = evening.keeping();
  keeping.keep("rate:1", { type: "rate", round: 1, stars: 4 });
  await evening.answers("unreachable");
  assert.equal(keeping.standing("rate:1"), "waiting");
  keeping.flush();
  await evening.answers("slow-down");
  assert.equal(evening.asked.length, 2);
  evening.pass(3_000);
  assert.equal(evening.asked.length, 3);
  await evening.answers();
  assert.equal(keeping.standing("rate:1"), "saved");
});

test("a no of the evening is said; words stay, a press is taken back", async () => {
  const evening = new Evening();
  const keeping = evening.keeping();
  keeping.keep("note:bo", note("tea"));
  await evening.answers("not-met");
  assert.equal(keeping.standing("note:bo"), "refused");
  assert.equal(keeping.get("note:bo").text, "tea");
  keeping.keep("rate:1", { type: "rate", stars: 3 });
  await evening.answers("no-room");
  assert.equal(keeping.get("rate:1"), null);
  assert.deepEqual(evening.refusals, ["not-met", "no-room"]);
});

test("where the store is blocked it is kept in memory and sent sooner", async () => {
  const evening = new Evening();
  evening.blocked = true;
  const keeping = evening.keeping();
  keeping.keep("note:bo", note("tea"), { typed: true });
  assert.equal(keeping.get("note:bo").text, "tea");
  evening.pass(150);
  assert.deepEqual(evening.texts, ["tea"]);
});

test("what has lain unsent for weeks is not sent any more", () => {
  const evening = new Evening();
  evening.keeping().keep("note:bo", note("old"), { typed: true });
  evening.timers.clear();
  evening.time += 15 * 24 * 3_600_000;
  assert.equal(evening.keeping().get("note:bo"), null);
});

test("another evening's or a broken store is no harm", () => {
  const evening = new Evening();
  evening.rows.set("evening:ana", "{half");
  assert.deepEqual(evening.keeping().unsent(), []);
});
