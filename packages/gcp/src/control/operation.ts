import { type PartContext, settle } from "@alienplatform/deploy";
import type { GoogleApi, GoogleClient } from "../google-client.ts";
import { GoogleRefusal, type GoogleStatus } from "../google-refusal.ts";

/** What a service has begun and goes on with by itself: https://google.aip.dev/151 */
export interface Operation {
  readonly name: string;
  readonly done?: boolean;
  readonly error?: GoogleStatus & { readonly code?: number };
}

/** Waits until Google has done it; throws what Google says where that went wrong. */
export async function finished(
  google: GoogleClient,
  { api, version }: { readonly api: GoogleApi; readonly version: string },
  context: PartContext<unknown>,
  { begun, what, withinMs }: { begun: Operation; what: string; withinMs: number },
): Promise<void> {
  const { signal } = context;
  let operation = begun;
  await settle(context, what, withinMs, async () => {
    if (operation.done !== true) {
      const path = `${version}/${begun.name}`;
      operation = await google.call(api, { verb: "GET", path, signal });
    }
    return operation.done === true ? true : undefined;
  });
  if (operation.error === undefined) return;
  const { code = 13, ...status } = operation.error;
  const [http, text] = CODES[code] ?? [500, "INTERNAL"];
  throw new GoogleRefusal(http, { status: text, ...status }, api);
}

/** The statuses of gRPC that an operation may end with: https://grpc.io/docs/guides/status-codes/ */
const CODES: Readonly<Record<number, readonly [number, string]>> = {
  3: [400, "INVALID_ARGUMENT"],
  5: [404, "NOT_FOUND"],
  6: [409, "ALREADY_EXISTS"],
  7: [403, "PERMISSION_DENIED"],
  8: [429, "RESOURCE_EXHAUSTED"],
  9: [400, "FAILED_PRECONDITION"],
  10: [409, "ABORTED"],
  14: [503, "UNAVAILABLE"],
};
