import assert from "node:assert/strict";
import { test } from "node:test";
import { rung, shownPictures, smaller } from "../../static/media/quality.js";

test("pictures shrink as rooms grow, and from seven people on sound comes first", () => {
  assert.deepEqual(
    [2, 4, 5, 6, 7, 8, 9, 12, 13].map((people) => rung(people).name),
    [
      "full", "full", "reduced", "reduced", "sound-first", "sound-first", "sound-only",
      "sound-only", "too-many",
    ],
  );
  for (let people = 2; people < 12; people++) {
    const [now, next] = [rung(people).camera?.bits ?? 0, rung(people + 1).camera?.bits ?? 0];
    assert.ok(now >= next, `${people}`);
  }
  assert.ok(rung(6).cameraFirst);
  assert.ok(!rung(7).cameraFirst);
});

test("what a page uploads stays below what a home line carries", () => {
  for (let people = 2; people <= 12; people++)
    assert.ok((rung(people).camera?.bits ?? 0) * (people - 1) <= 2_000_000, `${people}`);
});

test("who spoke last is seen, and nobody changes places without need", () => {
  const cameras = ["a", "b", "c", "d", "e"];
  const spoke = new Map([["a", 5], ["b", 9], ["e", 7]]);
  assert.deepEqual([...shownPictures(cameras, 3, spoke)].sort(), ["a", "b", "e"]);
  const kept = shownPictures(cameras, 2, new Map(), new Set(["c", "d"]));
  assert.deepEqual([...kept].sort(), ["c", "d"]);
  assert.deepEqual([...shownPictures(cameras, null, spoke)], cameras);
  assert.equal(shownPictures(cameras, 0, spoke).size, 0);
});

test("a picture is made smaller, never larger", () => {
  assert.equal(smaller(480, 360), 1.33);
  assert.equal(smaller(240, 360), 1);
  assert.equal(smaller(0, 360), 1);
});
