/**
 * What each problem with sound and picture means, and what to do about it, in words.
 *
 * One title and one or two sentences, never blame, and always that one can stay without. Codes are
 * those of devices.js; where the way to mend it depends on the browser, its own way is told.
 */
import { t } from "../words.js";
import { appAround, browserKind, isHandheld } from "./browsers.js";

/** Returns {title, text} for a problem of a kind (`microphone`, `camera`, `screen`). */
export function problemWords(kind, problem, browser = globalThis.navigator) {
  switch (problem) {
    case "refused":
      return { title: refusedTitle(kind), text: allowWords(kind, browser) };
    case "busy":
      return {
        title: busyTitle(kind),
        text: t(
          "Another program probably has it: a video call, or another tab. Close that, then try again.",
        ),
      };
    case "missing":
      return { title: missingTitle(kind), text: missingText(kind) };
    case "insecure":
      return {
        title: t("This address is not secure enough for sound and picture"),
        text: t(
          "Browsers give camera and microphone only to addresses that begin with https. Please tell the organiser. The chat works.",
        ),
      };
    case "lost":
      return {
        title: lostTitle(kind),
        text: t("Plug it in again and it goes on by itself, or choose another."),
      };
    default:
      return { title: unsupportedTitle(kind), text: unsupportedText(kind, browser) };
  }
}

/** Returns what to tell somebody whose unplugged device was replaced by another; "" if none was. */
export function replacedWords(kind, replaced) {
  if (!replaced) return "";
  return kind === "microphone"
    ? t("“{device}” was unplugged. Another microphone took its place.", { device: replaced })
    : t("“{device}” was unplugged. Another camera took its place.", { device: replaced });
}

function refusedTitle(kind) {
  if (kind === "screen") return t("Your computer does not let the browser share the screen");
  return kind === "microphone"
    ? t("The browser keeps your microphone closed")
    : t("The browser keeps your camera closed");
}

/** Where leave is given: in each browser somewhere else. */
function allowWords(kind, browser) {
  const agent = browser?.userAgent ?? "";
  if (kind === "screen") {
    return t(
      "Allow your browser to record the screen in the computer's settings for privacy, then try again.",
    );
  }
  if (appAround(agent)) {
    return t(
      "This page is open inside an app, which may not be allowed to use it. Open it in your own browser, or stay without: the chat works.",
    );
  }
  const handheld = isHandheld(agent, browser?.maxTouchPoints ?? 0);
  switch (browserKind(agent)) {
    case "safari":
      return handheld
        ? t(
            "On an iPhone or iPad: tap the page menu left of the address, then “Website Settings”, and allow camera and microphone. Then try again.",
          )
        : t(
            "In Safari: in the menu “Safari”, open “Settings for This Website” and allow camera and microphone. Then try again.",
          );
    case "firefox":
      return t(
        "In Firefox: press the crossed-out symbol left of the address, take the block away, then try again.",
      );
    default:
      return handheld
        ? t(
            "In Chrome on a phone: tap the symbol left of the address, then “Permissions”, and allow camera and microphone. Then try again.",
          )
        : t(
            "In Chrome or Edge: press the symbol left of the address and allow camera and microphone. Then try again.",
          );
  }
}

function busyTitle(kind) {
  if (kind === "screen") return t("The screen could not be shared");
  return kind === "microphone"
    ? t("Your microphone is in use elsewhere")
    : t("Your camera is in use elsewhere");
}

function missingTitle(kind) {
  return kind === "microphone" ? t("No microphone found") : t("No camera found");
}

function missingText(kind) {
  return kind === "microphone"
    ? t("Plug one in and try again, or stay without: you hear the others, and write beside.")
    : t("Plug one in and try again, or stay without: the others see your initial and hear you.");
}

function lostTitle(kind) {
  return kind === "microphone"
    ? t("Your microphone was unplugged")
    : t("Your camera was unplugged");
}

function unsupportedTitle(kind) {
  return kind === "screen"
    ? t("This browser cannot share a screen")
    : t("This browser cannot use camera and microphone");
}

function unsupportedText(kind, browser) {
  if (kind === "screen") return t("On a phone that is usual. From a computer it works.");
  return appAround(browser?.userAgent ?? "")
    ? t(
        "This page is open inside an app. Open it in your own browser for sound and picture; the chat works here, too.",
      )
    : t(
        "A current Chrome, Edge, Firefox or Safari can. The chat works here, too, and you are at the table like everybody else.",
      );
}
