// A button that opens the browser's own printing. Without scripts: its menu, or Ctrl+P.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
