import { computed, signal } from "@preact/signals";

/** Below which path of its server the console is. */
const ROOT = "/console";

/** Where the reader is, without the root: "/queues/tasks" and "?view=ready". */
interface Place {
  readonly path: string;
  readonly search: string;
}

const place = signal<Place>(read());

/** "/queues/tasks": what is shown. */
export const path = computed(() => place.value.path);

/** All filters of what is shown. */
export const query = computed(() => new URLSearchParams(place.value.search));

window.addEventListener("popstate", () => {
  place.value = read();
});

/** The address of a place, for links. */
export function href(to: string): string {
  return ROOT + to;
}

/** Goes to a place; `replace` for what the back button is not to stop at. */
export function navigate(to: string, { replace = false } = {}): void {
  if (ROOT + to === window.location.pathname + window.location.search) return;
  if (replace) history.replaceState(undefined, "", ROOT + to);
  else history.pushState(undefined, "", ROOT + to);
  const before = place.value.path;
  place.value = read();
  if (place.value.path !== before) window.scrollTo(0, 0);
}

/** Changes filters in the address; undefined and "" take one away. */
export function setQuery(
  change: Readonly<Record<string, string | undefined>>,
  options?: { replace?: boolean },
): void {
  const next = new URLSearchParams(place.peek().search);
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined || value === "") next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  navigate(place.peek().path + (text === "" ? "" : `?${text}`), options);
}

function read(): Place {
  const { pathname, search } = window.location;
  const below = pathname.startsWith(ROOT) ? pathname.slice(ROOT.length) : pathname;
  return { path: below === "" ? "/" : below.replace(/(.)\/$/, "$1"), search };
}
