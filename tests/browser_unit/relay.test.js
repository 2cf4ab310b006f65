import assert from "node:assert/strict";
import { test } from "node:test";
import { hasRelay, reachRelay } from "../../static/media/relay.js";

/** A connection whose relay offers these candidates, then says that was all (unless it is silent). */
function connectionWith(candidates, { silent = false } = {}) {
  return class {
    static closed = 0;
    constructor({ iceTransportPolicy }) {
      assert.equal(iceTransportPolicy, "relay");
    }
    createDataChannel() {}
    async setLocalDescription() {
      for (const candidate of silent ? [] : [...candidates, null])
        this.onicecandidate({ candidate });
    }
    close() {
      this.constructor.closed += 1;
    }
  };
}

const relayed = { type: "relay", candidate: "candidate:1 1 udp 1 203.0.113.1 9 typ relay" };

test("a relay is known by what the server says, or by its addresses", () => {
  assert.equal(hasRelay({ relay: true, ice_servers: [] }), true);
  assert.equal(hasRelay({ relay: false, ice_servers: [{ urls: "turn:x" }] }), false);
  assert.equal(hasRelay({ ice_servers: [{ urls: ["stun:x", "turns:x"] }] }), true);
  assert.equal(hasRelay({ ice_servers: [{ urls: "stun:x" }] }), false);
});

test("a relay that gives a place answers; one that gives none, or is silent, does not", async () => {
  const Answering = connectionWith([relayed]);
  assert.equal(await reachRelay([], { Connection: Answering }), true);
  assert.equal(Answering.closed, 1);
  assert.equal(await reachRelay([], { Connection: connectionWith([]) }), false);
  const Silent = connectionWith([], { silent: true });
  assert.equal(await reachRelay([], { Connection: Silent, ms: 5 }), false);
  assert.equal(Silent.closed, 1);
});

test("an address of a relay that the browser cannot read counts as no answer", async () => {
  const Connection = class {
    constructor() {
      throw new SyntaxError("turn?");
    }
  };
  assert.equal(await reachRelay([{ urls: "turn?" }], { Connection }), false);
});
