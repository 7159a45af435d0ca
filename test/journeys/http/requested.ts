/** A request as a client makes it. */
export interface Requested {
  readonly method: string;
  /** With its query. */
  readonly target: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: Uint8Array<ArrayBuffer>;
}

/** An answer as a client gets it. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: Uint8Array;
}

/** A function's bundle in its platform's host. */
export interface Hosted {
  ask(request: Requested): Promise<Answered>;
  /** What it wrote to stderr. */
  said(): string;
}

/** Of a host that is asked over HTTP. */
export async function fetched(url: string, requested: Requested): Promise<Answered> {
  const { method, target, headers = [], body } = requested;
  const response = await fetch(new URL(target, url), {
    method,
    headers: headers.map(([name, value]) => [name, value]),
    ...(body === undefined ? {} : { body }),
    redirect: "manual",
  });
  return answered(response);
}

export async function answered(response: Response): Promise<Answered> {
  const { status, headers } = response;
  return {
    status,
    headers: Object.fromEntries([...headers].filter(([name]) => name !== "set-cookie")),
    cookies: headers.getSetCookie(),
    body: new Uint8Array(await response.arrayBuffer()),
  };
}
