/**
 * Which browser this is, as far as words need it: the browser inside a mail or chat app, and where a
 * browser keeps its leave for camera and microphone. Pure: from the user agent and what is there.
 *
 * Nothing is refused by it. A wrong guess costs a superfluous line, so only sure signs count.
 */

/** Apps that open links in a browser of their own, by what they write into the user agent. */
const APPS = [
  ["line", "LINE", /\bLine\/\d/],
  [
    "messenger",
    "Messenger",
    /\bFB_IAB\/(MESSENGER|Orca)|\bFBAN\/(Messenger|Orca)|\bMessengerForiOS\b/,
  ],
  ["instagram", "Instagram", /\bInstagram \d/],
  ["facebook", "Facebook", /\bFBA[NV]\/|\bFB_IAB\//],
  ["wechat", "WeChat", /\bMicroMessenger\//],
  ["kakaotalk", "KakaoTalk", /\bKAKAOTALK\b/i],
  ["slack", "Slack", /\bSlack(?:_SSB)?\/|\bSlackMobile\b/],
  ["teams", "Teams", /\bTeamsMobile|\bTeams\/\d/],
  ["outlook", "Outlook", /\bOutlook-(?:iOS|Android)|\bOutlookMobile\b/],
  ["gmail", "Gmail", /\bGSA\/[\d.]+.*\bGmail\b|\bGmail\/\d/],
  ["linkedin", "LinkedIn", /\bLinkedInApp\b/],
  ["x", "X", /\bTwitter(?: for |Android)/],
  ["yahoo", "Yahoo! JAPAN", /\bYJApp-|\byjapp-/i],
];

/** Android's WebView says `; wv)`; an app on iOS leaves out Safari's own name and version. */
const ANDROID_VIEW = /\bAndroid\b.*; wv\)/;
const IOS = /\b(?:iPhone|iPod|iPad)\b/;
const IOS_BROWSER = /\bSafari\/|\b(?:CriOS|FxiOS|EdgiOS|OPiOS|DuckDuckGo)\//;

/**
 * Returns the app whose own browser shows this page: {code, name}, with an empty name for one that
 * does not say; null in a browser of its own.
 */
export function appAround(userAgent) {
  for (const [code, name, sign] of APPS) if (sign.test(userAgent)) return { code, name };
  const nameless =
    ANDROID_VIEW.test(userAgent) || (IOS.test(userAgent) && !IOS_BROWSER.test(userAgent));
  return nameless ? { code: "app", name: "" } : null;
}

/** Returns the kind of browser: `firefox`, `safari` (also every browser on iOS), or `chrome`. */
export function browserKind(userAgent) {
  if (IOS.test(userAgent)) return "safari";
  if (/\bFirefox\//.test(userAgent)) return "firefox";
  if (/(?:Chrome|Chromium|Edg)\//.test(userAgent)) return "chrome";
  return /\bSafari\//.test(userAgent) ? "safari" : "chrome";
}

/** Says whether this is a phone or tablet, where leave is given in other places. */
export function isHandheld(userAgent, touchPoints = 0) {
  if (IOS.test(userAgent) || /\bAndroid\b/.test(userAgent)) return true;
  // An iPad calls itself a Mac; Macs have no touch screen.
  return /\bMacintosh\b/.test(userAgent) && touchPoints > 1;
}

/** Returns the address that opens the same page in the phone's real browser, where an app has one. */
export function outsideAddress(code, address) {
  if (code !== "line") return "";
  const url = new URL(address);
  url.searchParams.set("openExternalBrowser", "1");
  return url.href;
}

/** Says whether this browser can carry sound and picture between people at all. */
export function canCall(page = globalThis) {
  return typeof page.RTCPeerConnection === "function";
}
