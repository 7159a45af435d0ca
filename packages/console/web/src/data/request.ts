import { parseExact } from "../json/exact.ts";
import { Problem } from "./problem.ts";

/** What a change may say beside its body. */
export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** JSON text: made by whoever asks, so that numbers stay as they were typed. */
  readonly body?: string;
  readonly type?: string;
}

/** One call of the HTTP API. What it answers is read as `docs/http-api.md` has it. */
export async function request<T>(
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  { signal, body, type = "application/json" }: RequestOptions = {},
): Promise<T> {
  const headers: Record<string, string> = { accept: "application/json" };
  const token = apiToken();
  if (token !== "") headers.authorization = `Bearer ${token}`;
  if (method !== "GET") headers["content-type"] = type;
  let response: Response;
  let text: string;
  try {
    response = await ((method === "GET" && early(path)) ||
      fetch(path, {
        method,
        headers,
        ...(method === "GET" ? {} : { body: body ?? "{}" }),
        ...(signal === undefined ? {} : { signal }),
      }));
    text = await response.text();
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new Problem("the server does not answer", { fix: "Is alien dev still running?" });
  }
  const answer: unknown = text === "" ? undefined : parsed(text);
  if (response.ok) {
    // The API is ours, of the same version, and its tests hold it to its description.
    return answer as T;
  }
  if (response.status === 401 && token === "") {
    throw new Problem("this page can only look: it was given no token to change something with", {
      status: 401,
      fix: "A page that another site leads to gets none: open the address that the terminal shows in a new tab.",
    });
  }
  if (response.status === 401) {
    throw new Problem("the server has been started again since this page was opened", {
      status: 401,
      fix: "Reload the page.",
    });
  }
  // problem+json, each part of which may be missing where something else than the API answers.
  const { detail, title, code, fix } = (answer ?? {}) as Partial<Record<string, string>>;
  throw new Problem(detail ?? title ?? `${method} ${path} answered ${response.status}`, {
    status: response.status,
    code: code ?? "",
    fix,
  });
}

/** What before-paint.js has asked for already; each is taken once. */
function early(path: string): Promise<Response> | undefined {
  const { alienEarly } = window as { readonly alienEarly?: Map<string, Promise<Response>> };
  const asked = alienEarly?.get(path);
  alienEarly?.delete(path);
  return asked;
}

/** The token of this run, which the server wrote into the page. */
export function apiToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="alien-api-token"]')?.content ?? "";
}

function parsed(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    throw new Problem("the server answered what is no JSON", {
      fix: "Reload the page: the server may be another by now.",
    });
  }
}
