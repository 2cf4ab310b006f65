import assert from "node:assert/strict";
import { test } from "node:test";
import { Refused, Wire, afterClose, backoff } from "../../static/wire.js";

/** A server's side of sockets, a clock and timers that only move when told to. */
class Line {
  sockets = [];
  messages = [];
  statuses = [];
  time = 1_000_000;
  timers = new Map();
  nextTimer = 1;

  wire(extra = {}) {
    return new Wire({
      url: "ws://evening.example/e/x/socket",
      message: (message) => this.messages.push(message),
      status: (status) => this.statuses.push(status.now),
      open: (url, protocol) => this.opened(url, protocol),
      timers: {
        set: (work, ms) => {
          this.timers.set(this.nextTimer, { work, at: this.time + ms });
          return this.nextTimer++;
        },
        clear: (timer) => this.timers.delete(timer),
      },
      local: () => this.time,
      random: () => 0.5,
      ...extra,
    });
  }

  opened(url, protocol) {
    const socket = {
      url: new URL(url),
      protocol,
      sent: [],
      open: true,
      send(text) {
        assert.ok(this.open, "sent on a closed socket");
        this.sent.push(JSON.parse(text));
      },
      close() {
        this.open = false;
      },
    };
    this.sockets.push(socket);
    return socket;
  }

  get socket() {
    return this.sockets.at(-1);
  }

  says(message) {
    this.socket.onmessage({ data: JSON.stringify(message) });
  }

  welcomes(extra = {}) {
    this.says({
      type: "welcome",
      session: "s1",
      tip: "5~0",
      now: this.time,
      resumed: false,
      you: {},
      ...extra,
    });
  }

  closes(code) {
    this.socket.open = false;
    this.socket.onclose({ code });
  }

  pass(ms) {
    const end = this.time + ms;
    for (;;) {
      const due = [...this.timers]
        .filter(([, timer]) => timer.at <= end)
        .sort((a, b) => a[1].at - b[1].at)[0];
      if (!due) break;
      this.timers.delete(due[0]);
      this.time = Math.max(this.time, due[1].at);
      due[1].work();
    }
    this.time = end;
  }

  asked(type) {
    return this.socket.sent.filter((frame) => frame.type === type);
  }
}

function begin(extra) {
  const line = new Line();
  const wire = line.wire(extra);
  wire.start();
  return { line, wire };
}

test("it speaks the contract's subprotocol and waits for the welcome", async () => {
  const { line, wire } = begin({ hello: () => [{ type: "here", visible: true }] });
  const answer = wire.ask("say", { text: "hi" });
  assert.equal(line.socket.protocol, "meguri.1");
  assert.deepEqual(line.socket.sent, []);
  line.welcomes();
  assert.deepEqual(
    line.socket.sent.map((frame) => frame.type),
    ["here", "say", "clock"],
  );
  line.says({ type: "done", ref: line.asked("say")[0].ref });
  await answer;
});

test("a refusal reaches the asker, with its code and sentence", async () => {
  const { line, wire } = begin();
  line.welcomes();
  const answer = wire.ask("rate", { stars: 5 });
  line.says({
    type: "refused",
    ref: line.asked("rate")[0].ref,
    code: "too-late",
    message: "Too late.",
  });
  await assert.rejects(
    answer,
    (refused) =>
      refused instanceof Refused && refused.code === "too-late" && refused.message === "Too late.",
  );
});

test("a dropped line is resumed from the last tip, and what was unanswered is sent again", async () => {
  const { line, wire } = begin();
  line.welcomes();
  line.says({ type: "said", id: "1", tip: "9~1" });
  const answer = wire.ask("say", { text: "once" });
  const { ref } = line.asked("say")[0];
  line.closes(1006);
  line.pass(500);
  assert.equal(line.sockets.length, 2);
  assert.equal(line.socket.url.searchParams.get("after"), "9~1");
  assert.equal(line.socket.url.searchParams.get("session"), "s1");
  line.welcomes({ resumed: true });
  assert.deepEqual(line.asked("say"), [{ type: "say", ref, text: "once" }]);
  line.says({ type: "done", ref });
  line.says({ type: "done", ref });
  await answer;
});

test("in a new session only what is harmless twice is repeated", async () => {
  const { line, wire } = begin();
  line.welcomes();
  const said = wire.ask("say", { text: "perhaps" });
  const kept = wire.ask("keep-in-touch", { about: "b" }, { again: true });
  line.closes(4000);
  line.pass(500);
  line.welcomes({ session: "s2" });
  await assert.rejects(said, (refused) => refused.code === "connection-lost");
  assert.equal(line.asked("say").length, 0);
  line.says({ type: "done", ref: line.asked("keep-in-touch")[0].ref });
  await kept;
});

test("close codes say whether to come back", () => {
  for (const code of [1000, 1001, 1006, 4000, 4001, 4002, 4499])
    assert.equal(afterClose(code), "again");
  for (const code of [4500, 4501, 4502, 4503, 4504, 4999]) assert.equal(afterClose(code), "never");
});

test("after a final close code nothing is tried again, and what waits is refused", async () => {
  const { line, wire } = begin();
  line.welcomes();
  const answer = wire.ask("ready");
  line.closes(4501);
  await assert.rejects(answer, (refused) => refused.code === "closed");
  line.pass(600_000);
  assert.equal(line.sockets.length, 1);
  assert.equal(line.statuses.at(-1), "closed");
  await assert.rejects(wire.ask("ready"));
});

test("lost state is not resumed but read anew", () => {
  const { line } = begin();
  line.welcomes();
  line.closes(4002);
  line.pass(500);
  assert.equal(line.socket.url.search, "");
});

test("waits are drawn from a doubling span with a cap", () => {
  assert.deepEqual(
    [0, 1, 2, 3, 10].map((n) => backoff(n, () => 1)),
    [500, 1_000, 2_000, 4_000, 4_000],
  );
  assert.equal(
    backoff(6, () => 0),
    0,
  );
});

test("a line that has gone silent is given up and tried anew", () => {
  const { line } = begin();
  line.welcomes();
  line.pass(7_000);
  assert.equal(line.sockets[0].open, false);
  assert.ok(line.statuses.includes("lost"));
  assert.ok(line.sockets.length > 1);
});

test("while the server answers, the line is kept", () => {
  const { line } = begin();
  line.welcomes();
  for (let i = 0; i < 120; i += 1) {
    line.pass(500);
    const asked = line.asked("clock").at(-1);
    line.says({ type: "clock", t: asked.t, now: line.time + 3_600_000 });
  }
  assert.equal(line.sockets.length, 1);
});

test("the computer's clock may be an hour wrong", () => {
  const { line, wire } = begin();
  line.welcomes({ now: line.time - 3_600_000 });
  const [asked] = line.asked("clock");
  line.time += 40;
  line.says({ type: "clock", t: asked.t, now: line.time - 20 - 3_600_000 });
  assert.equal(wire.now(), line.time - 3_600_000);
});

test("a network that is back is used at once", () => {
  const { line, wire } = begin();
  for (let i = 0; i < 4; i += 1) {
    line.closes(1006);
    line.pass(i < 3 ? 10_000 : 0);
  }
  const before = line.sockets.length;
  wire.hurry();
  assert.equal(line.sockets.length, before + 1);
});

test("after a phone's sleep a dead line is found out soon, and a living one is kept", () => {
  const { line, wire } = begin();
  line.welcomes();
  line.says({ type: "clock", t: line.asked("clock").at(-1).t, now: line.time });
  wire.hurry();
  line.pass(1_000);
  line.says({ type: "clock", t: line.asked("clock").at(-1).t, now: line.time });
  line.pass(2_000);
  assert.equal(line.sockets.length, 1);
  wire.hurry();
  line.pass(2_500);
  assert.equal(line.statuses.at(-1), "lost");
});

test("stopping is final until it is started again", () => {
  const { line, wire } = begin();
  line.welcomes();
  wire.stop();
  line.pass(60_000);
  assert.equal(line.sockets.length, 1);
  wire.start();
  assert.equal(line.sockets.length, 2);
});
