/** Which microphone, camera and speaker, and whether one's address is kept from the roommates. */
import { html, useEffect, useId } from "../view.js";
import { t } from "../words.js";
import { throughServer } from "./call-words.js";
import { media } from "./calling.js";
import { state } from "./session.js";
import { Sheet } from "./sheet.js";

/** The sheet behind “Devices”. */
export function DevicesSheet() {
  const { devices, calls } = media.value;
  useEffect(() => {
    devices.look();
  }, []);
  return html`<${Sheet} title=${t("Devices")}>
    <${Choice} kind="microphone" word=${t("Microphone")} current=${devices.microphone.value.device} />
    <${Choice} kind="camera" word=${t("Camera")} current=${devices.camera.value.device} />
    <${Choice} kind="speaker" word=${t("Speaker")} current=${devices.speakerId.value} />
    <hr />
    ${
      isServed(state.value)
        ? html`<p class="second">${throughServer()}</p>`
        : html`<${Way} relay=${state.value.media.relay === true} only=${calls.relayOnly.value} set=${calls.setRelayOnly} />`
    }
  <//>`;
}

function Choice({ kind, word, current }) {
  const id = useId();
  const { devices } = media.value;
  const list = devices.available.value[kind];
  if (!list.length) return null;
  const chosen = current || devices.choices.id(kind);
  return html`<div class="field">
    <label for=${id}>${word}</label>
    <select id=${id} class="input" onChange=${(event) => devices.choose(kind, event.target.value)}>
      ${list.map(
        (device, at) =>
          html`<option key=${device.id} value=${device.id} selected=${device.id === chosen}>${device.label || `${word} ${at + 1}`}</option>`,
      )}
    </select>
  </div>`;
}

/** Says whether a media server carries the room one sits in. */
function isServed({ media, room }) {
  return room != null && media.ticket?.room === room.id;
}

/** Through the relay alone, or straight to each other. */
function Way({ relay, only, set }) {
  return html`<div class="stack tight">
    <label class="check">
      <input type="checkbox" checked=${only} disabled=${!relay && !only} onChange=${(event) => set(event.target.checked)} />
      <span>${t("Hide my internet address from the others")}</span>
    </label>
    <p class="second">
      ${
        relay
          ? t("Sound and picture go straight from browser to browser, so the others' browsers learn your internet address. With this they go through the organiser's relay instead, which can take a moment longer.")
          : only
            ? t("This organiser has no relay, so with this on there is no sound and picture. Turn it off to be seen and heard.")
            : t("Sound and picture go straight from browser to browser, so the others' browsers learn your internet address. This organiser has no relay that could hide it.")
      }
    </p>
  </div>`;
}
