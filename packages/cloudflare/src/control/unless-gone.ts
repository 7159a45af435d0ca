import { ApiRefusal } from "../api-client.ts";

/**
 * What a call answers, or undefined where it is refused with one of the codes by which Cloudflare says that the thing is
 * not there. Any other refusal goes on: forbidden is not gone.
 */
export async function unlessGone<T>(
  call: Promise<T>,
  ...codes: readonly number[]
): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ApiRefusal && error.errors.some(({ code }) => codes.includes(code))) {
      return undefined;
    }
    throw error;
  }
}

/** A queue that is not there: 11000 where queues are made, 10104 where messages are. */
export const QUEUE_GONE = [11_000, 10_104] as const;
/** "The database <id> could not be found" */
export const DATABASE_GONE = [7_404] as const;
/** "This Worker does not exist on your account." */
export const WORKER_GONE = 10_007;
