// A file dropped on the form is looked at at once; one that is too big is told before it travels.
// The page works without this: choose a file and press the button.

const form = document.querySelector("form[data-drop]");
const input = form.querySelector("input[type=file]");
const problem = document.querySelector("#problem");

/** Says what is wrong with a chosen file, if anything; returns whether it may travel. */
function isSmallEnough() {
  const file = input.files[0];
  const tooBig = file !== undefined && file.size > Number(form.dataset.most);
  input.setCustomValidity(tooBig ? form.dataset.tooBig : "");
  if (tooBig) {
    problem.textContent = form.dataset.tooBig;
    problem.hidden = false;
    problem.scrollIntoView({ block: "nearest" });
  }
  return !tooBig;
}

input.addEventListener("change", isSmallEnough);

for (const type of ["dragenter", "dragover"]) {
  addEventListener(type, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault(); // else the browser opens the file in place of the page
    form.classList.add("dropping");
  });
}
addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) form.classList.remove("dropping");
});
addEventListener("drop", (event) => {
  if (!event.dataTransfer?.files.length) return;
  event.preventDefault();
  form.classList.remove("dropping");
  input.files = event.dataTransfer.files;
  if (isSmallEnough()) form.requestSubmit(form.querySelector("button[type=submit]"));
});

// A second press while the first is on its way does nothing.
for (const once of document.querySelectorAll("form[data-once]")) {
  once.addEventListener("submit", (event) => {
    if (once.dataset.sent) event.preventDefault();
    once.dataset.sent = "yes";
  });
}
addEventListener("pageshow", () => {
  for (const once of document.querySelectorAll("form[data-once]")) delete once.dataset.sent;
});
