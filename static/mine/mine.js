/**
 * One's own page, with fewer presses: notes are saved while they are typed, the search looks while one
 * writes, a message is copied, one's own time zone is offered. All of it works without this file, too.
 */
import { Keeping } from "../kept.js";

const page = document.getElementById("mine");
const notes = [...page.querySelectorAll("form[data-note]")];

/** Posts a command; rejects with an error that has a `code`, as `Keeping` wants it. */
async function post(command, { goes = false } = {}) {
  let response = null;
  try {
    response = await fetch(page.dataset.commands, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(command),
      keepalive: goes,
    });
  } catch {
    // the line is down
  }
  if (response?.ok) return;
  const problem = (await response?.json().catch(() => null)) ?? {};
  throw Object.assign(new Error(problem.detail), { code: problem.code ?? "unreachable" });
}

// Notes

const FIELDS = ["next_step", "text", "done", "share"];
const keeping = new Keeping({ send: post, changed: showStandings });

function showStandings() {
  for (const form of notes) {
    const standings = FIELDS.map((field) => keeping.standing(`note:${form.dataset.note}:${field}`));
    const worst = ["refused", "waiting", "saving", "saved"].find((one) => standings.includes(one));
    const place = form.querySelector("[data-standing]");
    const words = (worst && page.dataset[worst]) || "";
    if (place.textContent !== words) place.textContent = words;
  }
}

function keepNotes(form) {
  const about = form.dataset.note;
  for (const field of FIELDS) {
    const input = form.elements[field];
    if (!input) continue; // only the organiser's own people share notes
    const ticked = input.type === "checkbox";
    const value = () => (ticked ? input.checked : input.value);
    const unsent = keeping.get(`note:${about}:${field}`)?.[field];
    if (unsent !== undefined && ticked) input.checked = unsent;
    else if (unsent !== undefined) input.value = unsent;
    input.addEventListener("input", () => {
      const command = { type: "note", about, [field]: value() };
      keeping.keep(`note:${about}:${field}`, command, { typed: !ticked });
      showStep(form);
    });
    input.addEventListener("blur", () => keeping.flush());
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    keeping.flush();
  });
}

/** The line above the folds says the next step as it stands. */
function showStep(form) {
  const line = page.querySelector(`[data-step="${CSS.escape(form.dataset.note)}"]`);
  if (!line) return;
  line.querySelector("bdi").textContent = form.elements.next_step.value;
  line.classList.toggle("step-done", form.elements.done.checked);
}

keeping.open(page.dataset.place);
for (const form of notes) keepNotes(form);
for (const button of page.querySelectorAll("[data-plain]")) button.hidden = true;
addEventListener("online", () => keeping.flush());
addEventListener("pagehide", () => {
  for (const command of keeping.unsent()) post(command, { goes: true }).catch(() => {}); // still kept
});

// Search

const search = document.getElementById("q");
const found = document.getElementById("found");

function look() {
  const words = search.value.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const person of page.querySelectorAll(".mine-person")) {
    person.hidden = !words.every((word) => person.dataset.search.includes(word));
    if (!person.hidden) count += 1;
  }
  found.textContent = words.length ? page.dataset.found.replace("{n}", count) : "";
}

// What the server has left out is not on this page: then only the server can look.
if (!search.value && !("paged" in page.dataset)) search.addEventListener("input", look);

// Copying a message

for (const button of page.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(document.getElementById(button.dataset.copy)));
}

async function copy(field) {
  const said = page.querySelector(`[data-copy-said="${CSS.escape(field.id)}"]`);
  try {
    await navigator.clipboard.writeText(field.value);
    said.textContent = page.dataset.copied;
  } catch {
    field.focus();
    field.select(); // no clipboard without TLS, or not allowed
    said.textContent = page.dataset.notCopied;
  }
}

// A mail holds the message as it was changed
for (const link of page.querySelectorAll("[data-mail-of]")) {
  link.addEventListener("click", () => {
    const text = document.getElementById(link.dataset.mailOf).value.replace(/\r?\n/g, "\r\n");
    link.href = `${link.href.split("&body=")[0]}&body=${encodeURIComponent(text)}`;
  });
}

// One's own time zone

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
for (const select of page.querySelectorAll("[data-zone]")) {
  if (!zone) break;
  const there = [...select.options].find((option) => option.value === zone);
  if (!there) select.prepend(new Option(zone, zone));
  select.value = zone;
}

// One's own card

const card = page.querySelector("[data-card]");
card.addEventListener("change", () => {
  const query = new URLSearchParams(new FormData(card)).toString();
  card.querySelector("img").src = `${card.dataset.card}.svg?${query}`;
  card.querySelector("[data-card-file]").href = `${card.dataset.card}.vcf?${query}`;
});
