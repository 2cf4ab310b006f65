// The graph can be looked into: press a dot, or choose a name, and those they met stand out.
// The page works without this: the picture is the server's, and a table has everybody's numbers.

const SVG = "http://www.w3.org/2000/svg";
const MOST_LINES = 1500; // more are a grey cloud, and slow
const MOST_NAMES = 30;
const REACH = 24; // of a finger around a dot, in pixels of the screen
const CLOSEST = 8;

const svg = document.querySelector("svg.graph");
const whole = svg.viewBox.baseVal;
const [width, height] = [whole.width, whole.height];
const circles = [...svg.querySelectorAll(".dots circle")];
const tools = document.querySelector("#graph-tools");
const who = document.querySelector("#graph-who");
const least = document.querySelector("#graph-least");
const said = document.querySelector("#graph-said");
const panel = document.querySelector("#graph-person");
const rows = [...document.querySelectorAll("#graph-people tbody tr[data-dot]")];
const columns = [...document.querySelectorAll("#graph-people thead th")].map((one) => one.textContent);
const { ties } = JSON.parse(document.querySelector("#graph-ties").textContent);

const dots = circles.map((circle) => ({
  x: circle.cx.baseVal.value,
  y: circle.cy.baseVal.value,
  r: circle.r.baseVal.value,
  name: "",
  row: null,
  ties: [], // [other, minutes], the strongest first
}));
for (const row of rows) {
  const dot = dots[Number(row.dataset.dot)];
  dot.row = row;
  dot.name = row.querySelector("th").textContent;
}
for (const [a, b, minutes] of ties) {
  dots[a].ties.push([b, minutes]);
  dots[b].ties.push([a, minutes]);
}
const minutesIn = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 0 });

const lines = document.createElementNS(SVG, "g");
const names = document.createElementNS(SVG, "g");
lines.setAttribute("class", "ties");
names.setAttribute("class", "names near-names");
svg.querySelector(".dots").before(lines);
svg.append(names);

let chosen = null;
const view = { x: 0, y: 0, part: 1 };

function lineOf(a, b, minutes) {
  const line = document.createElementNS(SVG, "line");
  const strength = minutes / ties[0][2];
  line.setAttribute("class", `tie-${strength > 0.5 ? 3 : strength > 0.15 ? 2 : 1}`);
  for (const [name, value] of [["x1", a.x], ["y1", a.y], ["x2", b.x], ["y2", b.y]]) {
    line.setAttribute(name, value);
  }
  return line;
}

function nameOf(dot) {
  const text = document.createElementNS(SVG, "text");
  text.setAttribute("x", dot.x);
  text.setAttribute("y", dot.y - dot.r - 5);
  text.setAttribute("text-anchor", dot.x < 90 ? "start" : dot.x > width - 90 ? "end" : "middle");
  text.textContent = dot.name;
  return text;
}

/** Brings a name that sticks out of the picture back in: letters are larger on small screens. */
function keepInside(text) {
  const box = text.getBBox();
  const inwards = (from, length, most) => Math.max(0, -from) - Math.max(0, from + length - most);
  text.setAttribute("x", Number(text.getAttribute("x")) + inwards(box.x, box.width, width));
  text.setAttribute("y", Number(text.getAttribute("y")) + inwards(box.y, box.height, height));
  return text;
}

/** Takes away names that would lie over one before them. */
function keepApart(texts) {
  const kept = [];
  for (const text of texts) {
    const one = keepInside(text).getBBox();
    const over = (other) => one.x < other.x + other.width && other.x < one.x + one.width
      && one.y < other.y + other.height && other.y < one.y + one.height;
    if (kept.some(over)) text.remove();
    else kept.push(one);
  }
}

/** Draws what is chosen: one person with those they met, or all ties from so many minutes on. */
function draw() {
  const from = Number(least.value);
  const near = chosen === null ? [] : dots[chosen].ties.filter(([, minutes]) => minutes >= from);
  const shown = chosen === null ? ties.filter(([, , minutes]) => from && minutes >= from) : [];
  const lit = new Set([...near.map(([other]) => other), ...shown.flatMap(([a, b]) => [a, b])]);
  svg.classList.toggle("looking", chosen !== null || from > 0);
  svg.classList.toggle("at-one", chosen !== null);
  circles.forEach((circle, place) => {
    circle.classList.toggle("near", lit.has(place) || place === chosen);
    circle.classList.toggle("me", place === chosen);
  });
  lines.replaceChildren(
    ...near.map(([other, minutes]) => lineOf(dots[chosen], dots[other], minutes)),
    ...shown.slice(0, MOST_LINES).map(([a, b, minutes]) => lineOf(dots[a], dots[b], minutes)),
  );
  const named = chosen === null ? [] : [chosen, ...near.slice(0, MOST_NAMES).map(([other]) => other)];
  names.replaceChildren(...named.map((place) => nameOf(dots[place])));
  keepApart([...names.children]);
  fill(near);
  if (chosen !== null) said.textContent = circles[chosen].querySelector("title").textContent;
  else said.textContent = from ? said.dataset.pairs.replace("{n}", minutesIn.format(shown.length)) : "";
}

/** Writes the chosen person's numbers, and those they met as buttons that lead on. */
function fill(near) {
  panel.hidden = chosen === null;
  if (chosen === null) return;
  const dot = dots[chosen];
  panel.querySelector("h3").textContent = dot.name;
  const facts = [...(dot.row?.querySelectorAll("td") ?? [])].map((cell, place) => {
    const [term, value] = [document.createElement("dt"), document.createElement("dd")];
    term.textContent = columns[place + 1];
    value.textContent = cell.textContent || "–";
    const fact = document.createElement("div");
    fact.append(term, value);
    return fact;
  });
  panel.querySelector("dl").replaceChildren(...facts);
  panel.querySelector("tbody").replaceChildren(...near.map(([other, minutes]) => {
    const row = document.createElement("tr");
    const [name, time] = [row.appendChild(document.createElement("th")), row.insertCell()];
    name.scope = "row";
    const button = name.appendChild(document.createElement("button"));
    button.type = "button";
    button.className = "graph-on";
    button.textContent = dots[other].name;
    button.addEventListener("click", () => {
      choose(other);
      panel.querySelector("h3").focus(); // the button that had it is gone
    });
    time.className = "number";
    time.textContent = minutesIn.format(minutes);
    return row;
  }));
}

function choose(place) {
  chosen = place;
  who.value = place === null ? "" : String(place);
  if (place !== null && view.part < 1) centre(dots[place].x, dots[place].y);
  draw();
}

// Looking closer

function show() {
  const [w, h] = [width * view.part, height * view.part];
  view.x = Math.min(Math.max(view.x, 0), width - w);
  view.y = Math.min(Math.max(view.y, 0), height - h);
  svg.setAttribute("viewBox", `${view.x} ${view.y} ${w} ${h}`);
  svg.style.setProperty("--part", Math.max(view.part, 0.3));
  svg.classList.toggle("closer", view.part < 1);
}

function centre(x, y) {
  view.x = x - (width * view.part) / 2;
  view.y = y - (height * view.part) / 2;
  show();
}

/** Looks closer, or from farther off; what is at a point stays there. */
function zoom(by, x = view.x + (width * view.part) / 2, y = view.y + (height * view.part) / 2) {
  const part = Math.min(1, Math.max(1 / CLOSEST, view.part / by));
  view.x = x - ((x - view.x) * part) / view.part;
  view.y = y - ((y - view.y) * part) / view.part;
  view.part = part;
  show();
}

const MOVES = {
  in: () => (chosen === null || view.part < 1 ? zoom(1.5) : zoom(1.5, dots[chosen].x, dots[chosen].y)),
  out: () => zoom(1 / 1.5),
  all: () => zoom(1 / CLOSEST),
  left: () => ((view.x -= (width * view.part) / 4), show()),
  right: () => ((view.x += (width * view.part) / 4), show()),
  up: () => ((view.y -= (height * view.part) / 4), show()),
  down: () => ((view.y += (height * view.part) / 4), show()),
};
for (const button of tools.querySelectorAll("[data-move]")) {
  button.addEventListener("click", () => MOVES[button.dataset.move]());
}

function at(event) {
  const box = svg.getBoundingClientRect();
  const unit = (width * view.part) / box.width;
  return { x: view.x + (event.clientX - box.x) * unit, y: view.y + (event.clientY - box.y) * unit, unit };
}

let grip = null;
svg.addEventListener("pointerdown", (event) => {
  if (event.isPrimary && event.button === 0) {
    grip = { x: event.clientX, y: event.clientY, from: { ...view }, moved: false };
  }
});
svg.addEventListener("pointermove", (event) => {
  if (!grip || !event.isPrimary) return;
  const [dx, dy] = [event.clientX - grip.x, event.clientY - grip.y];
  grip.moved ||= Math.hypot(dx, dy) > 5;
  if (!grip.moved || view.part === 1) return;
  if (!svg.hasPointerCapture(event.pointerId)) svg.setPointerCapture(event.pointerId);
  const { unit } = at(event);
  view.x = grip.from.x - dx * unit;
  view.y = grip.from.y - dy * unit;
  show();
});
svg.addEventListener("pointercancel", () => (grip = null));
svg.addEventListener("pointerup", (event) => {
  const pressed = grip && !grip.moved && event.isPrimary;
  grip = null;
  if (!pressed) return;
  const point = at(event);
  let [nearest, away] = [null, REACH * point.unit];
  dots.forEach((dot, place) => {
    const distance = Math.hypot(dot.x - point.x, dot.y - point.y) - dot.r;
    if (distance < away) [nearest, away] = [place, distance];
  });
  choose(nearest === chosen ? null : nearest);
});
svg.addEventListener("wheel", (event) => {
  if (!event.ctrlKey) return; // the page scrolls; two fingers apart come as a wheel with this key
  event.preventDefault();
  const { x, y } = at(event);
  zoom(Math.exp(-event.deltaY / 200), x, y);
}, { passive: false });

// Printing shows the whole picture; the paper's is the server's.
addEventListener("beforeprint", () => MOVES.all());

for (const row of rows) {
  const option = new Option(row.querySelector("th").textContent, row.dataset.dot);
  who.append(option);
}
who.addEventListener("change", () => choose(who.value === "" ? null : Number(who.value)));
least.addEventListener("change", draw);
svg.classList.add("explorable");
tools.hidden = false;
if (who.value !== "") who.value = ""; // as a browser keeps it over a reload
least.selectedIndex = 0;
