import type { Row } from "./budget.ts";
import type { ServedDev } from "./served-dev.ts";

/** In which what is over a limit is refused. */
const WITHIN_MS = 50;
const ROUNDS = 40;
const MOST_CLIENTS = 50;

/**
 * S8: how long what is over a limit takes to be refused. A busy machine lets anything wait, so that the quickest quarter is
 * judged, and the median and the slowest are told.
 */
export async function limits({ url, token }: ServedDev): Promise<Row> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const post = (path: string, body: string): Asked => [path, { method: "POST", headers, body }];
  const cases: Readonly<Record<string, readonly [number, Asked]>> = {
    "a body over 1 MiB": [413, post("/queues/tasks/messages", `"${"x".repeat(2 ** 20)}"`)],
    "a header of 20 KiB": [431, ["/queues", { headers: { "x-long": "x".repeat(20_480) } }]],
    "a page of 501": [400, ["/queues/tasks/messages?limit=501", {}]],
    "a filter of years": [400, ["/queues/tasks/dead-letters?olderThan=99999999999d", {}]],
    "a search of 8 KiB": [400, [`/search?q=${"a".repeat(8_000)}`, {}]],
    "a field of 4 KiB": [400, [`/queues/tasks/dead-letters?where=${"a.".repeat(2_000)}:1`, {}]],
    "a duration of 100 KB": [
      400,
      post("/queues/tasks/messages", `{"payload":1,"delay":"${"9".repeat(100_000)}s!"}`),
    ],
    "a payload 100,000 deep": [
      400,
      post("/queues/tasks/messages", `{"payload":${"[".repeat(100_000)}}`),
    ],
    "attributes by the thousand": [
      400,
      post(
        "/queues/tasks/messages",
        JSON.stringify({
          payload: 1,
          attributes: Object.fromEntries([...Array(5_000).keys()].map((n) => [`a${n}`, "x"])),
        }),
      ),
    ],
    "receipts by the thousand": [
      400,
      post("/queues/tasks/ack", JSON.stringify({ receiptHandles: Array(5_000).fill("x") })),
    ],
  };
  const streams = await Promise.all(
    Array.from({ length: MOST_CLIENTS }, () => fetch(`${url}/events`)),
  );
  const all: typeof cases = { ...cases, "the 51st stream": [429, ["/events", {}]] };
  const violations: string[] = [];
  const figures: string[] = [];
  try {
    for (const [name, [status, [path, init]]] of Object.entries(all)) {
      const took: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const from = performance.now();
        // After some refusals the server ends the connection, which must not be the next one's.
        const headers = { ...init.headers, connection: "close" };
        const answer = await fetch(url + path, { ...init, headers });
        await answer.arrayBuffer();
        took.push(performance.now() - from);
        if (answer.status !== status) violations.push(`${name}: ${answer.status}, not ${status}`);
      }
      took.sort((a, b) => a - b);
      const [quarter, half, slowest] = [ROUNDS / 4, ROUNDS / 2, ROUNDS - 1].map(
        (at) => took[at] ?? Number.POSITIVE_INFINITY,
      );
      const [low, middle, high] = [quarter, half, slowest].map((ms) => ms?.toFixed(1));
      figures.push(`${name} ${low}/${middle}/${high}`);
      if ((quarter ?? 0) > WITHIN_MS) violations.push(`${name}: a quarter takes up to ${low} ms`);
    }
  } finally {
    await Promise.all(streams.map((stream) => stream.body?.cancel()));
  }
  const done = `${ROUNDS} times each, quickest quarter/median/slowest in ms: ${figures.join("; ")}`;
  return {
    area: "S8 limits refuse within 50 ms",
    done,
    violations: [...new Set(violations)].slice(0, 20),
  };
}

type Asked = readonly [path: string, init: RequestInit];
