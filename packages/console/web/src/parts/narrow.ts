import { signal } from "@preact/signals";

/** As styles/narrow.css says it. */
const query = window.matchMedia("(width <= 1000px)");

/** The window is as narrow as half a screen, or a phone: a row of a list takes two lines. */
export const isNarrow = signal(query.matches);

query.addEventListener("change", ({ matches }) => {
  isNarrow.value = matches;
});
