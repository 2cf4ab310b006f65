import assert from "node:assert/strict";
import { test } from "node:test";
import "./vendored.js";
import { BLOCKED, Computer, Storage, boxes, desk, headset, webcam } from "./computer.js";

const { makeDevices } = await import("../../static/media/devices.js");
const { Choices, openStorage } = await import("../../static/media/choices.js");
const { loudness } = await import("../../static/media/loudness.js");

function timers() {
  const running = new Set();
  return {
    setInterval: (work) => (running.add(work), work),
    clearInterval: (work) => running.delete(work),
    tick: () => running.forEach((work) => work()),
    running,
  };
}

function browser(
  computer,
  { storage = new Storage(), place = "/e/tea", secure = true, at = 0 } = {},
) {
  const clock = timers();
  const meters = [];
  const devices = makeDevices({
    media: computer,
    secure,
    choices: new Choices({ storage, place, clock: () => at }),
    openMeter: (track) => {
      const meter = { track, loud: 0.5, closed: false, read: () => meter.loud };
      meter.close = () => (meter.closed = true);
      meters.push(meter);
      return meter;
    },
    timers: clock,
  });
  return { ...devices, clock, meters };
}

/** Waits until a condition holds; what the devices do is a few promises long. */
async function until(condition, what) {
  for (let turn = 0; turn < 200; turn += 1) {
    if (condition()) return;
    await null;
  }
  assert.fail(`never: ${what}`);
}

test("everything is off until its owner turns it on", async () => {
  const computer = new Computer(desk, webcam);
  const ana = browser(computer);
  await ana.reopen();
  await ana.look();
  assert.equal(ana.microphone.value.state, "off");
  assert.deepEqual(computer.asked, []);
});

test("a microphone turned on has a track, a device and a level", async () => {
  const computer = new Computer(desk, headset, boxes);
  const ana = browser(computer);
  assert.equal(await ana.turnOn("microphone"), true);
  assert.equal(ana.microphone.value.state, "on");
  assert.equal(ana.microphone.value.device, "desk");
  ana.clock.tick();
  assert.equal(ana.level.value, 0.5);
  await until(() => ana.available.value.microphone.length === 2, "both microphones are listed");
  assert.deepEqual(ana.available.value.speaker, [{ id: "boxes", label: "Boxes" }]);
});

test("turning off stops the device and the meter", async () => {
  const computer = new Computer(desk);
  const ana = browser(computer);
  await ana.turnOn("microphone");
  ana.turnOff("microphone");
  assert.deepEqual(computer.live, []);
  assert.equal(ana.meters[0].closed, true);
  assert.equal(ana.clock.running.size, 0);
  assert.equal(ana.level.value, 0);
  assert.equal(ana.microphone.value.state, "off");
});

test("a refusal is told as one", async () => {
  const computer = new Computer(desk);
  computer.refused = true;
  const ana = browser(computer);
  assert.equal(await ana.turnOn("microphone"), false);
  assert.deepEqual(
    [ana.microphone.value.state, ana.microphone.value.problem],
    ["failed", "refused"],
  );
});

test("a device that another program has is busy, and works once it is free", async () => {
  const computer = new Computer(webcam);
  computer.taken.add("webcam");
  const ana = browser(computer);
  await ana.turnOn("camera");
  assert.equal(ana.camera.value.problem, "busy");
  computer.taken.clear();
  await ana.turnOn("camera");
  assert.equal(ana.camera.value.state, "on");
});

test("no device is missing; an insecure page and an old browser are told apart", async () => {
  const ana = browser(new Computer());
  await ana.turnOn("camera");
  assert.equal(ana.camera.value.problem, "missing");
  const bo = browser(undefined, { secure: false });
  await bo.turnOn("camera");
  assert.equal(bo.camera.value.problem, "insecure");
  const chidi = browser(undefined);
  await chidi.turnOn("camera");
  assert.equal(chidi.camera.value.problem, "unsupported");
  await chidi.look();
});

test("the remembered device is asked for, and any other when it is not there", async () => {
  const storage = new Storage();
  const ana = browser(new Computer(desk, headset), { storage });
  await ana.choose("microphone", "headset");
  assert.equal(ana.microphone.value.state, "off");
  await ana.turnOn("microphone");
  assert.equal(ana.microphone.value.device, "headset");

  const away = new Computer(desk);
  const later = browser(away, { storage });
  await later.turnOn("microphone");
  assert.equal(later.microphone.value.device, "desk");
  assert.equal(away.asked.length, 2);
});

test("choosing another device while one is on changes over and stops the first", async () => {
  const computer = new Computer(desk, headset);
  const ana = browser(computer);
  await ana.turnOn("microphone");
  await ana.choose("microphone", "headset");
  assert.equal(ana.microphone.value.device, "headset");
  assert.deepEqual(computer.live, ["headset"]);
});

test("an unplugged device is replaced by another, which is said", async () => {
  const computer = new Computer(desk, headset);
  const ana = browser(computer);
  const states = [];
  await ana.choose("microphone", "headset");
  await ana.turnOn("microphone");
  ana.microphone.subscribe(({ state, problem }) => states.push(problem ?? state));
  computer.unplug("headset");
  await until(() => ana.microphone.value.device === "desk", "the desk's microphone stands in");
  assert.equal(ana.microphone.value.replaced, "Headset");
  assert.ok(states.includes("lost"));
});

test("with no other device it is lost, and comes back when it is plugged in again", async () => {
  const computer = new Computer(webcam);
  const ana = browser(computer);
  await ana.turnOn("camera");
  computer.unplug("webcam");
  await until(() => ana.camera.value.state === "failed", "the camera is gone");
  await until(() => computer.asked.length > 1 && ana.camera.value.problem === "lost", "it is lost");
  computer.plug(webcam);
  await until(() => ana.camera.value.state === "on", "the camera is back");
});

test("what is off stays off when a device is plugged in", async () => {
  const computer = new Computer();
  const ana = browser(computer);
  await ana.turnOn("camera");
  ana.turnOff("camera");
  computer.plug(webcam);
  await ana.look();
  assert.equal(ana.camera.value.state, "off");
  assert.deepEqual(computer.live, []);
});

test("a device allowed after its owner changed their mind is stopped at once", async () => {
  const computer = new Computer(webcam);
  let answer;
  computer.holding = new Promise((resolve) => (answer = resolve));
  const ana = browser(computer);
  const asked = ana.turnOn("camera");
  assert.equal(ana.camera.value.state, "asking");
  ana.turnOff("camera");
  answer();
  assert.equal(await asked, false);
  assert.deepEqual(computer.live, []);
  assert.equal(ana.camera.value.state, "off");
});

test("the lobby closes all, and the next room opens what was on", async () => {
  const computer = new Computer(desk, webcam);
  const ana = browser(computer);
  await ana.turnOn("microphone");
  await ana.turnOn("camera");
  ana.turnOff("camera");
  ana.closeAll();
  assert.deepEqual(computer.live, []);
  await ana.reopen();
  assert.deepEqual(computer.live, ["desk"]);
});

test("a check leaves no trace in the rooms to come", async () => {
  const computer = new Computer(desk, webcam);
  const ana = browser(computer);
  await ana.turnOn("camera", { remember: false });
  ana.closeAll();
  await ana.reopen();
  assert.deepEqual(computer.live, []);
});

test("on is remembered through a reload, not at another event and not tomorrow", async () => {
  const storage = new Storage();
  await browser(new Computer(desk), { storage }).turnOn("microphone");
  const reloaded = browser(new Computer(desk), { storage, at: 60_000 });
  assert.equal(reloaded.wanted.value.microphone, true);
  assert.equal(
    browser(new Computer(desk), { storage, place: "/e/b" }).wanted.value.microphone,
    false,
  );
  const tomorrow = browser(new Computer(desk), { storage, at: 86_400_000 });
  assert.equal(tomorrow.wanted.value.microphone, false);
});

test("blocked or spoilt storage only forgets", async () => {
  const spoilt = new Storage();
  spoilt.setItem("meguri:devices", "{");
  spoilt.setItem("meguri:devices-on", "7");
  for (const storage of [BLOCKED, null, spoilt]) {
    const computer = new Computer(desk, webcam);
    const ana = browser(computer, { storage });
    await ana.choose("microphone", "desk");
    await ana.turnOn("microphone");
    ana.closeAll();
    await ana.reopen();
    assert.deepEqual(computer.live, ["desk"]);
  }
  const blocked = {
    get localStorage() {
      throw new Error("SecurityError");
    },
  };
  assert.equal(openStorage(blocked), null);
});

test("closing the browser's picker of screens is no problem; the system's refusal is", async () => {
  const computer = new Computer();
  const ana = browser(computer);
  computer.refused = "Permission denied";
  await ana.turnOn("screen");
  assert.deepEqual([ana.screen.value.state, ana.screen.value.problem], ["off", null]);
  computer.refused = "Permission denied by system";
  await ana.turnOn("screen");
  assert.equal(ana.screen.value.problem, "refused");
  computer.refused = false;
  await ana.turnOn("screen");
  computer.tracks[0].unplug();
  assert.equal(ana.screen.value.state, "off");
});

test("a chosen speaker is remembered, and left alone while it is away", async () => {
  const storage = new Storage();
  const computer = new Computer(desk, boxes);
  const ana = browser(computer, { storage });
  await ana.turnOn("microphone");
  await ana.choose("speaker", "boxes");
  assert.equal(ana.speakerId.value, "boxes");
  computer.unplug("boxes");
  await until(() => ana.speakerId.value === "", "the usual speaker takes over");
  computer.plug(boxes);
  await until(() => ana.speakerId.value === "boxes", "the chosen one is back");
});

test("loudness is nothing for silence and one for a shout", () => {
  assert.equal(loudness(new Float32Array(64)), 0);
  assert.equal(loudness(new Float32Array(64).fill(0.9)), 1);
  const speech = loudness(new Float32Array(64).fill(0.03));
  assert.ok(speech > 0.4 && speech < 0.8, String(speech));
});
