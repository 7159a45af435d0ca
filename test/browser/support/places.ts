import type { ConsoleSession } from "./console-session.ts";

/** One page of the console, with what is there when it has been drawn. */
export interface Place {
  readonly name: string;
  readonly path: string;
  /** A text that it shows once it is complete. */
  readonly shows: string | RegExp;
}

/** Fills the shop's queues, so that each page has something to show; answers the pages. */
export async function filledPlaces(session: ConsoleSession): Promise<readonly Place[]> {
  await session.api("POST", "/queues/payments/pause", {
    reason: "the bank is closed until noon",
    until: "3h",
  });
  const send = (queue: string, messages: readonly object[]) =>
    session.api<{ results: readonly { id: string }[] }>("POST", `/queues/${queue}/messages/batch`, {
      messages,
    });
  const people = ["ann", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"];
  await send(
    "emails",
    people.map((name, order) => ({
      payload: { to: `${name}@example.com`, template: "welcome", order: order + 1 },
      attributes: { tenant: "acme" },
    })),
  );
  const { results } = await send("emails", [
    ...["ann", "bob", "carol"].map((to) => ({ payload: { to, template: "receipt" } })),
    { payload: { to: "dave", template: "welcome" }, attributes: { tenant: "acme" } },
  ]);
  await send(
    "payments",
    people.map((name, index) => ({
      payload: { from: name, cents: 1_250 * (index + 1) },
      group: `customer-${index % 3}`,
    })),
  );
  await send(
    "reports",
    people.flatMap((name, index) => [
      { payload: { of: name, month: index + 1 } },
      { payload: { of: name, year: 2026 }, delay: "2h", priority: index % 3 },
      { payload: { of: name, fail: "the report is empty" } },
      ...(index % 2 === 0
        ? [{ payload: { of: name, fail: "read ETIMEDOUT 10.0.4.17:5432" } }]
        : []),
    ]),
  );
  await send(
    "audit",
    people.flatMap((who) => [
      { payload: { who, did: "sign in", from: { ip: "203.0.113.7", country: "NL" } } },
      { payload: { who, did: "pay", order: { id: 4_711, lines: [{ sku: "A-1", n: 2 }] } } },
    ]),
  );
  await session.until(
    "emails",
    ({ dead, ready, inFlight }) => dead === 4 && ready + inFlight === 0,
  );
  await session.until("reports", ({ dead }) => dead === 12);
  const dead = results.at(-1)?.id ?? "";
  return [
    { name: "queue", path: "/queues/emails", shows: "Throughput" },
    // After what makes that one lively, so that its lines have something to show.
    { name: "overview", path: "/", shows: "no function consumes it" },
    { name: "ready", path: "/queues/audit?view=ready", shows: /sign in/ },
    { name: "delayed", path: "/queues/reports?view=delayed", shows: /2026/ },
    { name: "empty", path: "/queues/emails?view=ready", shows: "Nothing waits" },
    { name: "details", path: "/queues/payments?view=details", shows: "customer-0" },
    { name: "dead-letters", path: "/queues/reports/dead", shows: "the report is empty" },
    { name: "message", path: `/queues/emails/messages/${dead}`, shows: "Attempt 2 failed" },
    { name: "send", path: "/queues/emails/send", shows: "who gets it" },
    { name: "send-json", path: "/queues/audit/send", shows: "Idempotency key" },
    { name: "all-dead-letters", path: "/dead", shows: "the report is empty" },
    { name: "jobs", path: "/jobs?queue=reports", shows: /the report is empty/ },
    { name: "bindings", path: "/bindings", shows: "Consumed by" },
    { name: "operations", path: "/operations", shows: "No bulk work yet" },
    { name: "search", path: "/search?q=state:dead", shows: /^\d+ messages$/ },
    { name: "search-empty", path: "/search", shows: "Find messages" },
    { name: "clock", path: "/clock", shows: "Advance" },
    { name: "settings", path: "/settings", shows: "Theme" },
  ];
}
