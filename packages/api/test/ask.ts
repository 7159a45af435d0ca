import type { HttpApi } from "@alienplatform/api";

/** An answer, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** What the text says; tests look at the fields that the route answers. */
  readonly body: Told;
}

/** What some route or other tells. */
export interface Told {
  readonly [field: string]: unknown;
  readonly id: string;
  readonly messages: readonly { readonly id: string; readonly receiptHandle: string }[];
  readonly items: readonly { readonly id: string }[];
  readonly results: readonly unknown[];
}

/** Asks an API in this process. A body that is text goes as it is. */
export type Ask = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Answer>;

/** Asks this API, by the name of localhost. */
export function asking(api: HttpApi): Ask {
  return async (method, path, body, headers) => {
    const answer = await api.fetch(
      new Request(`http://localhost${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined
          ? {}
          : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      }),
    );
    const type = answer.headers.get("content-type") ?? "";
    // A stream has no end.
    if (type === "text/event-stream") await answer.body?.cancel();
    const text = type === "text/event-stream" ? "" : await answer.text();
    const isJson = /^application\/(problem\+)?json$/.test(type);
    // A test reads what its route answers.
    const told = (isJson ? JSON.parse(text) : {}) as Told;
    return { status: answer.status, headers: answer.headers, text, body: told };
  };
}
