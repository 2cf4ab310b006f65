import assert from "node:assert/strict";
import { test } from "node:test";
import { sharedNow, togetherWords, whySentences } from "../../static/attendee/wording.js";

const people = ["ana", "bo", "chidi"].map((id) => ({ id, name: id }));
const room = (shared, more = {}) => ({
  people,
  shared,
  because: "shared-interests",
  reasons: [],
  ...more,
});
const group = (ids, ...interests) => ({ people: ids, interests });
const name = (id) => ({ ana: "Ana", bo: "Bo", chidi: "Chidi" })[id];
const why = (one) => whySentences(one, "ana", name);

test("what all share is said of all", () => {
  assert.deepEqual(why(room([group(["ana", "bo", "chidi"], "kilns", "hiking")])), [
    "All of you care about kilns and hiking.",
  ]);
});

test("what some share is said with their names", () => {
  assert.deepEqual(why(room([group(["ana", "bo"], "kilns")])), ["You share kilns with Bo."]);
});

test("nobody is told they share what only the others share", () => {
  assert.deepEqual(why(room([group(["bo", "chidi"], "kilns")])), [
    "Bo and Chidi share kilns. You bring another view.",
  ]);
});

test("who has left shares nothing any more", () => {
  const left = {
    ...room([group(["ana", "bo", "gone"], "kilns"), group(["ana", "gone"], "tea")]),
    people: people.slice(0, 2),
  };
  assert.deepEqual(sharedNow(left), [group(["ana", "bo"], "kilns")]);
  assert.deepEqual(why(left), ["You both care about kilns."]);
});

test("an offer is told from where one sits", () => {
  const offer = (a, b) =>
    room([], { because: "new-faces", reasons: [{ kind: "offer", a, b, words: ["a factory"] }] });
  assert.deepEqual(why(offer("ana", "bo")), ["Bo looks for what you offer: a factory."]);
  assert.deepEqual(why(offer("bo", "ana")), ["Bo offers what you look for: a factory."]);
  assert.deepEqual(why(offer("bo", "chidi")), ["Chidi looks for what Bo offers: a factory."]);
});

test("a room without anything in common still says something kind", () => {
  assert.equal(why(room([], { because: "new-faces" })).length, 1);
});

test("time together reads in seconds or minutes", () => {
  assert.equal(togetherWords(0), "");
  assert.equal(togetherWords(40), "40 s together");
  assert.equal(togetherWords(482), "8 min together");
});

test("everybody reads what they share in their own words", () => {
  const shared = [{ ...group(["bo", "ana"], "AI"), own: { ana: ["機械学習"] } }];
  assert.deepEqual(why(room(shared)), ["You share 機械学習 with Bo."]);
  assert.deepEqual(whySentences(room(shared), "bo", name), ["You share AI with Ana."]);
});

test("a mutual wish is said to two alone", () => {
  const reasons = [{ kind: "wish", a: "ana", b: "bo", words: [] }];
  const two = { ...room([], { reasons }), people: people.slice(0, 2) };
  assert.deepEqual(why(two), ["You both wished to meet."]);
  assert.equal(why(room([], { reasons })).includes("You both wished to meet."), false);
});
