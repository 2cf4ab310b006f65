// The rounds that are left, saved as a file to print, so that the evening goes on without a network.

import { Icon } from "../icons.js";
import { html, useState } from "../view.js";
import { t } from "../words.js";

/** Returns the sheet with the files. */
export function paperPanel(host) {
  return {
    title: t("The remaining rounds on paper"),
    small: true,
    body: html`<${Paper} host=${host} />`,
  };
}

function Paper({ host }) {
  const [state, setState] = useState({ busy: "", problem: "", saved: "" });
  const save = async (name) => {
    if (state.busy) return;
    setState({ busy: name, problem: "", saved: "" });
    try {
      const answer = await fetch(`${host.api}/${name}`);
      if (!answer.ok) {
        const told = await answer.json();
        setState({ busy: "", problem: told.detail ?? told.title, saved: "" });
        return;
      }
      offer(await answer.blob(), name);
      setState({ busy: "", problem: "", saved: name });
    } catch {
      setState({ busy: "", problem: t("The server did not answer. Please try again."), saved: "" });
    }
  };
  const button = (name, words, look = "") => html`<button type="button" class=${`button ${look}`} aria-disabled=${state.busy ? "true" : null}
    data-first=${look ? "" : null} onClick=${() => save(name)}><${Icon} name="download" />${words}</button>`;
  return html`<div class="stack">
    <p>${t("Everybody who is here gets a table for each remaining round, by the same rules; people who have met sit apart. Print it now, in case the network fails later.")}</p>
    <p class="refusal-place" role="status">${state.busy ? t("Being worked out…") : state.saved ? t("Saved as {name}.", { name: state.saved }) : ""}</p>
    <div class="refusal-place" role="alert">${state.problem && html`<p class="refusal">${state.problem}</p>`}</div>
    <div class="stack tight">
      ${button("plan.html", t("Save the page to print"), "primary")}
      ${button("plan-rooms.csv", t("As a table of rooms (CSV)"))}
      ${button("plan-people.csv", t("As a table of people (CSV)"))}
    </div>
  </div>`;
}

function offer(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
