import assert from "node:assert/strict";
import { test } from "node:test";
import { questionAt, questions } from "../../static/attendee/prompts.js";

test("everybody in a room draws the same question", () => {
  assert.equal(questionAt("r1", "", 0), questions("r1")[0]);
  assert.deepEqual(questions("r1"), questions("r1"));
});

test("rooms draw different questions", () => {
  const first = new Set();
  for (let room = 0; room < 40; room += 1) first.add(questionAt(`room${room}`, "", 0));
  assert.ok(first.size > 8, `${first.size} different ones in 40 rooms`);
});

test("what all of a room share is asked about first", () => {
  assert.match(questionAt("r1", "陶芸", 0), /陶芸/);
  assert.doesNotMatch(questionAt("r1", "陶芸", 1), /陶芸/);
});

test("asking for another goes through all of them and begins anew", () => {
  const all = questions("r1", "jazz");
  const drawn = all.map((_, draws) => questionAt("r1", "jazz", draws));
  assert.equal(new Set(drawn).size, all.length);
  assert.equal(questionAt("r1", "jazz", all.length), drawn[0]);
});
