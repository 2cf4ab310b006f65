/** One's own microphone, camera, screen and devices: the switches below the tiles. */
import { Icon } from "../icons.js";
import { html } from "../view.js";
import { t } from "../words.js";
import { media } from "./calling.js";
import { sheet, state, where } from "./session.js";

/**
 * The switches, where the evening has sound and picture and one takes part in it. A screen is shared
 * with people one sits with: before the round there is nobody to show it to.
 */
export function Switches() {
  const { room, you, media: policy } = state.value;
  if (policy.policy === "none" || isCompanion(room, you)) return null;
  const missing = media.value?.calls.missing.value ?? null;
  const ready = media.value !== null && !["unsupported", "too-many"].includes(missing);
  return html`<div class="switches" role="group" aria-label=${t("Sound and picture")}>
    <${Switch} kind="microphone" on="mic" off="mic-off" word=${t("Microphone")} ready=${ready} />
    <${Switch} kind="camera" on="video" off="video-off" word=${t("Camera")} ready=${ready} />
    ${
      where.value === "room" &&
      navigator.mediaDevices?.getDisplayMedia &&
      html`<${Switch} kind="screen" on="monitor-x" off="monitor-up" word=${t("Share screen")} ready=${ready} />`
    }
    <button type="button" class="button switch" aria-haspopup="dialog" disabled=${!ready}
      onClick=${() => (sheet.value = { kind: "devices" })}>
      <${Icon} name="settings" /><span class="switch-word">${t("Devices")}</span>
    </button>
  </div>`;
}

/** Whether one sits at a table with a number oneself: on site, not through a station. */
export function isAtTable(room, you) {
  return room.table !== null && isCompanion(room, you);
}

/** On site the phone is a companion and sends no sound (rule 26). */
export function isCompanion(room, you) {
  return you.role !== "station" && room.people.some((c) => c.id === you.id && c.mode === "on-site");
}

/** One switch. It is pressed while its device is on; a slash through its icon says that it is off. */
function Switch({ kind, on, off, word, ready }) {
  const devices = media.value?.devices;
  const standing = devices?.[kind].value.state ?? "off";
  const isOn = standing === "on";
  const turn = () => (isOn || standing === "asking" ? devices.turnOff(kind) : devices.turnOn(kind));
  return html`<button type="button" class=${`button switch switch-${kind}`} aria-pressed=${isOn}
    aria-busy=${standing === "asking"} disabled=${!ready} onClick=${turn}>
    <${Icon} name=${isOn ? on : off} /><span class="switch-word">${word}</span>
    ${standing === "failed" && html`<span class="switch-mark"><${Icon} name="circle-alert" size=${16} /><span class="visually-hidden">${t("does not work")}</span></span>`}
  </button>`;
}
