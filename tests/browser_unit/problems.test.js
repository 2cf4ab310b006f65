import assert from "node:assert/strict";
import { test } from "node:test";
import {
  appAround,
  browserKind,
  canCall,
  isHandheld,
  outsideAddress,
} from "../../static/media/browsers.js";
import { problemWords, replacedWords } from "../../static/media/problems.js";

const PHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko)";
const VIEW =
  "Mozilla/5.0 (Linux; Android 15; Pixel 9; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/131.0.0.0 Mobile Safari/537.36";
const AGENTS = {
  chrome:
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
  edge: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
  firefox: "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
  safari:
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
  iphone: `${PHONE} Version/18.1 Mobile/15E148 Safari/604.1`,
  iphoneChrome: `${PHONE} CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1`,
  android: `${ANDROID} Chrome/131.0.0.0 Mobile Safari/537.36`,
};

test("a browser of its own is taken for no app", () => {
  for (const [name, agent] of Object.entries(AGENTS)) assert.equal(appAround(agent), null, name);
});

test("the browsers inside apps are known by their signs", () => {
  const apps = {
    line: `${PHONE} Mobile/15E148 Safari Line/14.19.0`,
    facebook: `${PHONE} Mobile/22B83 [FBAN/FBIOS;FBAV/489.0.0.35.104;FBBV/659]`,
    messenger: `${PHONE} Mobile/22B83 [FBAN/MessengerForiOS;FBAV/484.0.0.27]`,
    instagram: `${PHONE} Mobile/22B83 Instagram 357.0.0.28.89 (iPhone15,3; iOS 18_1)`,
    wechat: `${VIEW} XWEB/1300 MicroMessenger/8.0.54.2760(0x2800363F) WeChat/arm64`,
    slack: `${PHONE} Mobile/15E148 Slack/24.11.10`,
    outlook: `${PHONE} Mobile/15E148 Outlook-iOS/4.2446.0`,
    gmail: `${PHONE} Mobile/15E148 Gmail/6.0.241110`,
    linkedin: `${PHONE} Mobile/15E148 [LinkedInApp]/9.30.13`,
  };
  for (const [code, agent] of Object.entries(apps))
    assert.equal(appAround(agent)?.code, code, agent);
  assert.deepEqual(appAround(VIEW), { code: "app", name: "" });
  assert.deepEqual(appAround(`${PHONE} Mobile/15E148`), { code: "app", name: "" });
});

test("LINE opens the real browser by an address of its own", () => {
  assert.equal(
    outsideAddress("line", "https://x.example/e/a/in/key?x=1"),
    "https://x.example/e/a/in/key?x=1&openExternalBrowser=1",
  );
  assert.equal(outsideAddress("facebook", "https://x.example/"), "");
});

test("kinds of browser are told apart, every one on iOS being Safari underneath", () => {
  assert.equal(browserKind(AGENTS.edge), "chrome");
  assert.equal(browserKind(AGENTS.firefox), "firefox");
  assert.equal(browserKind(AGENTS.safari), "safari");
  assert.equal(browserKind(AGENTS.iphoneChrome), "safari");
  assert.equal(isHandheld(AGENTS.android), true);
  assert.equal(isHandheld(AGENTS.safari, 5), true);
  assert.equal(isHandheld(AGENTS.safari, 0), false);
});

test("a browser without WebRTC is known", () => {
  assert.equal(canCall({}), false);
  assert.equal(canCall({ RTCPeerConnection: class {} }), true);
});

test("each problem of each kind has a title and says what to do", () => {
  const problems = ["refused", "busy", "missing", "insecure", "unsupported", "lost"];
  const titles = new Set();
  for (const kind of ["microphone", "camera"])
    for (const problem of problems) {
      const { title, text } = problemWords(kind, problem, { userAgent: AGENTS.chrome });
      assert.ok(title && text, `${kind} ${problem}`);
      titles.add(title);
    }
  assert.equal(titles.size, 10, "insecure and unsupported are the same for both");
});

test("how to allow it is told for the browser at hand", () => {
  const told = (userAgent) => problemWords("camera", "refused", { userAgent }).text;
  assert.match(told(AGENTS.chrome), /Chrome or Edge/);
  assert.match(told(AGENTS.android), /phone/);
  assert.match(told(AGENTS.iphone), /iPhone/);
  assert.match(told(AGENTS.safari), /^In Safari/);
  assert.match(told(AGENTS.firefox), /Firefox/);
  assert.match(told(`${PHONE} Mobile/15E148 Safari Line/14.19.0`), /inside an app/);
});

test("a device that stood in for another is named", () => {
  assert.equal(replacedWords("camera", ""), "");
  assert.match(replacedWords("microphone", "Headset"), /“Headset”/);
});
