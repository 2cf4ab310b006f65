import assert from "node:assert/strict";
import { test } from "node:test";
import "./vendored.js";

const { keepAwake, wantsAwake } = await import("../../static/attendee/awake.js");

/** A phone that behaves as navigator.wakeLock does. */
class Phone {
  page = Object.assign(new EventTarget(), { hidden: false });
  held = new Set();
  low = false;

  async request() {
    if (this.low) throw new Error("NotAllowedError");
    const lock = new EventTarget();
    lock.release = async () => this.#end(lock);
    this.held.add(lock);
    return lock;
  }

  #end(lock) {
    if (this.held.delete(lock)) lock.dispatchEvent(new Event("release"));
  }

  turns({ hidden }) {
    this.page.hidden = hidden;
    if (hidden) for (const lock of this.held) this.#end(lock);
    this.page.dispatchEvent(new Event("visibilitychange"));
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

async function sits(phone) {
  const seat = { taken: true };
  seat.look = keepAwake({ wakeLock: phone, page: phone.page, wants: () => seat.taken });
  seat.look();
  seat.look();
  await settled();
  return seat;
}

test("the screen stays on with others, once, and may go off afterwards", async () => {
  const phone = new Phone();
  const seat = await sits(phone);
  assert.equal(phone.held.size, 1);
  seat.taken = false;
  seat.look();
  await settled();
  assert.equal(phone.held.size, 0);
});

test("who looked at something else and comes back is kept awake again", async () => {
  const phone = new Phone();
  await sits(phone);
  phone.turns({ hidden: true });
  assert.equal(phone.held.size, 0);
  phone.turns({ hidden: false });
  await settled();
  assert.equal(phone.held.size, 1);
});

test("a seat given up while the phone was asked is not held", async () => {
  const phone = new Phone();
  const seat = { taken: true };
  const look = keepAwake({ wakeLock: phone, page: phone.page, wants: () => seat.taken });
  look();
  seat.taken = false;
  look();
  await settled();
  assert.equal(phone.held.size, 0);
});

test("a phone that refuses, or cannot, is left alone", async () => {
  const phone = new Phone();
  phone.low = true;
  await sits(phone);
  assert.equal(phone.held.size, 0);
  phone.low = false;
  phone.turns({ hidden: false });
  await settled();
  assert.equal(phone.held.size, 1);
  keepAwake({ wakeLock: undefined, page: phone.page, wants: () => true })();
});

test("one stays awake with others and shortly before a round, not for an hour in the lobby", () => {
  const state = { you: { mode: "online" }, event: { phase: "lobby", starts_at: 3_600_000 } };
  assert.equal(wantsAwake(state, "room", 0), true);
  assert.equal(wantsAwake(state, "lobby", 0), false);
  assert.equal(wantsAwake(state, "lobby", 3_500_000), true);
  assert.equal(wantsAwake({ ...state, event: { phase: "lobby", starts_at: null } }, "lobby", 0), false);
  assert.equal(wantsAwake({ ...state, you: { mode: "on-site" } }, "room", 0), false);
  assert.equal(wantsAwake({ you: null, event: null }, "arriving", 0), false);
  const station = { ...state, you: { mode: "on-site", role: "station" } };
  assert.equal(wantsAwake(station, "lobby", 0), true);
  assert.equal(wantsAwake(station, "ended", 0), false);
});
