import assert from "node:assert/strict";
import { test } from "node:test";
import { sheetNamed } from "../../static/host/fragment.js";

test("an address names a sheet that its reader may open, and no other", () => {
  assert.deepEqual(sheetNamed("#programme", "host"), { kind: "programme" });
  assert.deepEqual(sheetNamed("#people", "helper"), { kind: "people" });
  assert.equal(sheetNamed("#programme", "helper"), null);
  assert.equal(sheetNamed("#close", "host"), null, "nothing that cannot be taken back");
  assert.equal(sheetNamed("", "host"), null);
});
