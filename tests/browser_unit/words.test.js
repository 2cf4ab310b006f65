import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { list, nameList, parts, t, tn, useWords, whenRead } from "../../static/words.js";

afterEach(() => useWords({}, "en"));

test("an English sentence stands for itself", () => {
  assert.equal(t("Go to table {table}", { table: 7 }), "Go to table 7");
});

test("a translated sentence puts its values where it wants them", () => {
  useWords({ "{name} has left": "{name}さんが退室しました" }, "ja");
  assert.equal(t("{name} has left", { name: "花子" }), "花子さんが退室しました");
});

test("an empty translation falls back to English", () => {
  useWords({ Leave: "" }, "ja");
  assert.equal(t("Leave"), "Leave");
});

test("counting follows the language", () => {
  assert.equal(tn("{n} person", "{n} people", 1), "1 person");
  assert.equal(tn("{n} person", "{n} people", 1234), "1,234 people");
  useWords({ "{n} person": ["{n}人"] }, "ja");
  assert.equal(tn("{n} person", "{n} people", 1), "1人");
  assert.equal(tn("{n} person", "{n} people", 3), "3人");
});

test("a value never runs as a placeholder itself", () => {
  assert.equal(t("{name} says {text}", { name: "{text}", text: "x" }), "{text} says x");
});

test("pieces keep elements apart from words", () => {
  const name = { element: "bdi" };
  assert.deepEqual(parts("{name} joins in {n} s", { name, n: 4 }), [name, " joins in ", 4, " s"]);
});

test("names are joined as the language joins them", () => {
  assert.equal(list(["Ana", "Bo", "Chidi"]), "Ana, Bo, and Chidi");
  useWords({}, "ja");
  assert.match(list(["Ana", "Bo"]), /^Ana.+Bo$/);
});

test("each of several people is spoken of as the language does it", () => {
  assert.equal(nameList(["Ana", "Bo"]), "Ana and Bo");
  useWords({ "{name}": "{name}さん" }, "ja");
  assert.equal(nameList(["Ana", "花子"]), "Anaさん、花子さん");
});

test("a name written from right to left does not turn its sentence round", () => {
  useWords({}, "en");
  assert.equal(t("{name} joined.", { name: "Ana" }), "Ana joined.");
  assert.equal(t("{name} joined.", { name: "دانا" }), "\u2068دانا\u2069 joined.");
  assert.equal(t("{name} joined.", { name: "a\u202eb" }), "\u2068ab\u2069 joined.");
});

test("whoever asks for a word learns that it depends on the language", () => {
  let asked = 0;
  whenRead(() => (asked += 1));
  t("Lobby");
  tn("{n} person", "{n} people", 2);
  assert.ok(asked >= 2);
  whenRead(() => {});
});

test("a name of 200 characters leaves room for its sentence, and another value stays whole", () => {
  useWords({}, "en");
  const endless = "陶芸家アナスタシア".repeat(22);
  const said = t("{name} joined.", { name: endless });
  assert.ok([...said].length < 60);
  assert.match(said, /^陶芸家.*… joined\.$/u);
  assert.equal(t("“{device}” was unplugged.", { device: endless }), `“${endless}” was unplugged.`);
  const whole = "Anastasia Wilhelmina of Hohenzollern-Sigmaringen"; // 48
  assert.equal(t("{name} joined.", { name: whole }), `${whole} joined.`);
});
