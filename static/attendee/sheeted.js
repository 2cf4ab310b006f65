/** Views that bring their stylesheet along, so that the first page need not carry it. */

const brought = new Map();

/** Adds a stylesheet of this folder to the page; resolves when it is there, or cannot be had. */
export function styles(name) {
  if (!brought.has(name)) {
    brought.set(
      name,
      new Promise((resolve) => {
        const link = document.createElement("link");
        link.rel = "stylesheet";
        link.href = new URL(`./${name}.css`, import.meta.url).href;
        link.onload = resolve;
        link.onerror = () => {
          brought.delete(name);
          link.remove();
          resolve(); // unstyled is better than not at all
        };
        document.head.append(link);
      }),
    );
  }
  return brought.get(name);
}
