import { AlienError, formatDuration, parseDuration } from "@alienplatform/core";
import { z } from "zod";
import { iso, json } from "../json.ts";
import { fields } from "../names.ts";
import type { Routes } from "../route.ts";
import { duration, time } from "../schema/scalars.ts";
import type { Served } from "../served.ts";
import type { AdvancedClock } from "../served-queues.ts";

const clock = z.object({
  now: time.describe("As the queues see it."),
  ahead: z.string().describe("Of the system's time, as a duration."),
});

/** GET /clock and POST /clock/advance, of queues whose time may be set ahead. */
export function clockRoutes(routes: Routes, served: Served): void {
  routes.add(
    {
      method: "get",
      path: "/clock",
      id: "getClock",
      group: "clock",
      summary: "The queues' time",
      answers: { 200: { description: "The time.", schema: clock } },
    },
    async () => json(await view(clockOf(served))),
  );

  routes.add(
    {
      method: "post",
      path: "/clock/advance",
      id: "advanceClock",
      group: "clock",
      summary: "Fire the delays, leases, backoffs and expiries of that time",
      body: fields({ by: duration }),
      answers: { 200: { description: "The time after it.", schema: clock } },
    },
    async ({ body: { by } }) => {
      const own = clockOf(served);
      await own.advance(parseDuration(by, "by"));
      return json(await view(own));
    },
  );
}

function clockOf(served: Served): AdvancedClock {
  const { clock: own, platform } = served.queues;
  if (own !== undefined) return own;
  throw new AlienError("UNSUPPORTED", `the time of ${platform} goes by itself alone`, {
    fix: "Set the clock of local queues: alien dev. In a test: clock.advance() of the test kit.",
  });
}

async function view(own: AdvancedClock) {
  const { now, aheadMs } = await own.read();
  return { now: iso(now), ahead: formatDuration(aheadMs) };
}
