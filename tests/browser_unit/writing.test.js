import assert from "node:assert/strict";
import { test } from "node:test";
import { isChoosingWords } from "../../static/attendee/writing.js";

test("the Enter that ends the choice of a word sends nothing, in Safari neither", () => {
  assert.equal(isChoosingWords({ isComposing: true, keyCode: 13 }), true);
  assert.equal(isChoosingWords({ isComposing: false, keyCode: 229 }), true);
  assert.equal(isChoosingWords({ isComposing: false, keyCode: 13 }), false);
});
