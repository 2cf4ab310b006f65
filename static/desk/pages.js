// Brings the page one is on into sight in the row of the desk's pages, on a phone; for browsers that do
// not do so by the stylesheet (`scroll-initial-target`). Without scripts the row is scrolled by hand.

const here = document.querySelector(".desk-pages [aria-current]");
if (here && !CSS.supports("scroll-initial-target", "nearest")) {
  const row = here.closest("ul");
  const edge = Number.parseFloat(getComputedStyle(row).paddingInlineStart);
  row.scrollLeft += here.getBoundingClientRect().left - row.getBoundingClientRect().left - edge;
}
