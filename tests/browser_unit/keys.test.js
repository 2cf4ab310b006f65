import assert from "node:assert/strict";
import { test } from "node:test";
import { USUAL, asked, readKey, readKeys, withKey } from "../../static/attendee/keys.js";

const press = (key, more = {}) => ({ key, target: { tagName: "BODY" }, ...more });

test("a key asks for what it stands for", () => {
  assert.equal(asked(USUAL, press("w")), "who");
  assert.equal(asked(USUAL, press("S")), "speaks");
  assert.equal(asked(USUAL, press("t")), "time");
  assert.equal(asked(USUAL, press("x")), null);
});

test("while one writes, letters are letters", () => {
  for (const target of [
    { tagName: "TEXTAREA" },
    { tagName: "INPUT", type: "text" },
    { tagName: "INPUT", type: "" },
    { tagName: "SELECT" },
    { tagName: "DIV", isContentEditable: true },
  ])
    assert.equal(asked(USUAL, press("w", { target })), null);
  assert.equal(asked(USUAL, press("w", { target: { tagName: "INPUT", type: "checkbox" } })), "who");
});

test("the browser's and the system's own keys stay theirs", () => {
  for (const more of [{ ctrlKey: true }, { altKey: true }, { metaKey: true }])
    assert.equal(asked(USUAL, press("w", more)), null);
  assert.equal(asked(USUAL, press("w", { isComposing: true })), null);
  assert.equal(asked(USUAL, press("w", { repeat: true })), null);
});

test("all can be turned off", () => {
  assert.equal(asked({ ...USUAL, on: false }, press("w")), null);
});

test("a key can be changed, and then does only the new thing", () => {
  const { settings } = withKey(USUAL, "who", "Q");
  assert.equal(asked(settings, press("q")), "who");
  assert.equal(asked(settings, press("w")), null);
});

test("a key that is taken is refused, and by what", () => {
  assert.deepEqual(withKey(USUAL, "who", "t"), { problem: "taken", by: "time" });
  assert.deepEqual(withKey(USUAL, "who", "w").settings, USUAL);
});

test("a key is one letter, digit or sign of any script", () => {
  assert.equal(readKey("あ"), "あ");
  assert.equal(readKey("Ｗ"), "w", "full width is the same key");
  assert.equal(readKey("?"), "?");
  for (const none of ["", " ", "Enter", "ArrowUp", null, undefined, 7])
    assert.equal(readKey(none), null);
  assert.deepEqual(withKey(USUAL, "who", "Enter"), { problem: "no-key" });
});

test("what storage had is believed only where it makes sense", () => {
  assert.deepEqual(readKeys(null), USUAL);
  assert.deepEqual(readKeys("w"), USUAL);
  assert.deepEqual(readKeys({ on: "yes", who: 3 }), USUAL);
  assert.deepEqual(readKeys({ on: false, who: "q" }), { ...USUAL, on: false, who: "q" });
  assert.deepEqual(readKeys({ who: "t", time: "t" }), USUAL);
});
