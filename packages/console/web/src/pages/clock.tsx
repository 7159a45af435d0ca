import { useSignal } from "@preact/signals";
import { advanceable, aheadMs, loadClock, now } from "../data/now.ts";
import { loadQueues, queues } from "../data/queues.ts";
import { request } from "../data/request.ts";
import { Button } from "../parts/button.tsx";
import { Empty } from "../parts/empty.tsx";
import { TextInput } from "../parts/field.tsx";
import { counted, span } from "../parts/format.ts";
import { PageHead } from "../parts/page-head.tsx";
import { absolute, zoneAt } from "../parts/time.tsx";
import { attempt } from "../parts/toasts.tsx";

const STEPS = ["10s", "1m", "10m", "1h", "1d", "7d"];

/** The queues' time, which a developer may set ahead instead of waiting. */
export function ClockPage() {
  const by = useSignal("");
  if (advanceable.value === false) {
    return (
      <>
        <PageHead title="Clock" />
        <Empty title="Time goes by itself here">
          Only queues of alien dev have a clock that can be set ahead.
        </Empty>
      </>
    );
  }
  const delayed = (queues.value ?? []).reduce((sum, { stats }) => sum + (stats?.delayed ?? 0), 0);
  const advance = (step: string) =>
    void attempt(
      async () => {
        await request("POST", "/clock/advance", { body: JSON.stringify({ by: step }) });
        await Promise.all([loadClock(), loadQueues()]);
      },
      () => `The queues are ${step} further on`,
    );
  return (
    <>
      <PageHead title="Clock" />
      <section class="card clock" aria-label="The queues' time">
        <p class="clock-now number">
          {absolute(now.value).slice(0, 19)} {zoneAt(now.value)}
        </p>
        <p class="hint">
          {aheadMs.value === 0
            ? "the queues' time is this machine's"
            : `the queues are ${span(aheadMs.value)} ahead of this machine`}
          , {counted(delayed, "message")} delayed
        </p>
        <div class="clock-steps">
          {STEPS.map((step) => (
            <Button key={step} icon="skip" onClick={() => advance(step)} changes>
              {step}
            </Button>
          ))}
        </div>
        <form
          class="clock-own"
          onSubmit={(event) => {
            event.preventDefault();
            if (/^\d+(\.\d+)?(ms|s|m|h|d)$/.test(by.value)) advance(by.value);
          }}
        >
          <TextInput
            label="How far"
            value={by.value}
            placeholder="2h30m is 2.5h"
            onInput={(value) => {
              by.value = value.trim();
            }}
          />
          <Button
            submit
            kind="primary"
            disabled={!/^\d+(\.\d+)?(ms|s|m|h|d)$/.test(by.value)}
            changes
          >
            Advance
          </Button>
        </form>
        <p class="hint">
          Delays, retries, leases, pauses and deduplication that end in that time end now, in their
          order. <code>alien clock reset</code> goes back to this machine's time: what is delayed
          waits that much longer.
        </p>
      </section>
    </>
  );
}
