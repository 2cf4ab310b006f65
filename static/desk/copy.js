// Puts a Copy button beside each address. The desk works without it: the field can be selected.

const { copyWord, copiedWord } = document.querySelector("script[data-copy-word]").dataset;

for (const input of document.querySelectorAll("input[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = copyWord;
  button.addEventListener("click", async () => {
    input.select();
    try {
      await navigator.clipboard.writeText(input.value);
      button.textContent = copiedWord;
    } catch {
      input.focus(); // no right to the clipboard (plain http): the address is selected, ready for Ctrl+C
    }
  });
  input.addEventListener("focus", () => input.select());
  input.after(button);
}
