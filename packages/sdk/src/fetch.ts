import { AlienError } from "@alienplatform/core";

/** The default export's fetch. */
export type Fetch = (request: Request) => Response | Promise<Response>;

/** What a function's file exports as default, an object with fetch(request); HANDLER_MISSING where it does not. */
export function fetchOf(module: unknown, file: string): Fetch {
  const fetch = exportedFetch(module);
  if (fetch !== undefined) return fetch;
  throw new AlienError("HANDLER_MISSING", `${file} has .http() and no default export with fetch`, {
    fix: 'Export it: export default { fetch: (request: Request) => new Response("hello") }.',
    details: { file },
  });
}

function exportedFetch(module: unknown): Fetch | undefined {
  if (typeof module !== "object" || module === null || !("default" in module)) return undefined;
  const app = module.default;
  if (typeof app !== "object" || app === null || !("fetch" in app)) return undefined;
  const { fetch } = app;
  if (typeof fetch !== "function") return undefined;
  return (request) => Reflect.apply(fetch, app, [request]);
}
