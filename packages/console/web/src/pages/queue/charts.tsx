import { useMemo } from "preact/hooks";
import type { Loaded } from "../../data/loaded.ts";
import type { List, Sample } from "../../data/model.ts";
import { byId } from "../../data/queues.ts";
import { Chart } from "../../parts/chart.tsx";
import { rate, span } from "../../parts/format.ts";
import { CannotTell } from "../../parts/problem-note.tsx";

/** Of the times that messages waited. */
const TYPICAL = "typical";
const SLOW = "19 of 20 within";

/** Messages are counted in whole ones. */
const COUNTS = [1, 10, 100, 1_000, 10_000, 100_000].flatMap((each) => [each, 2 * each, 5 * each]);

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const SPANS = [
  ...[10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 6, 12, 24, 48, 96, 192].map((hours) => hours * HOUR),
];

interface ChartsProps {
  readonly queue: string;
  readonly samples: Loaded<List<Sample>>;
}

/** How many messages a second, and how long they wait: ten minutes back. */
export function Charts({ queue, samples: { data, problem } }: ChartsProps) {
  const { times, sent, acked, failed, p50, p95 } = useMemo(
    () => seriesOf(data?.items ?? []),
    [data],
  );
  const rates = byId.value.get(queue)?.stats?.rates;
  if (problem !== undefined && data === undefined) {
    return <CannotTell>{problem.message}</CannotTell>;
  }
  return (
    <div class="charts">
      <figure class="card chart-card">
        <figcaption>
          <h2>
            Throughput <span class="hint">1-minute mean</span>
          </h2>
          <Key tone="ready" name="in" value={rates && `${rate(rates.sent)}/s`} />
          <Key tone="good" name="handled" value={rates && `${rate(rates.acked)}/s`} />
          <Key tone="dead" name="failed" value={rates && `${rate(rates.failed)}/s`} />
        </figcaption>
        <Chart
          label={`Messages a second of ${queue}, each time the mean of the minute before: in, handled and failed`}
          times={times}
          format={rate}
          steps={COUNTS}
          lines={[
            { name: "in", tone: "ready", values: sent },
            { name: "handled", tone: "good", values: acked },
            { name: "failed", tone: "dead", values: failed },
          ]}
        />
      </figure>
      <figure class="card chart-card">
        <figcaption>
          <h2>
            Time in queue <span class="hint">over 1 minute</span>
          </h2>
          <Key
            tone="inFlight"
            name={TYPICAL}
            title="Half of the messages waited no longer: the median, p50"
            value={rates?.waitedMs && span(rates.waitedMs.p50)}
          />
          <Key
            tone="delayed"
            name={SLOW}
            title="19 of 20 messages waited no longer: the 95th percentile, p95"
            value={rates?.waitedMs && span(rates.waitedMs.p95)}
          />
        </figcaption>
        <Chart
          label={`How long messages of ${queue} were ready before they were taken`}
          times={times}
          format={span}
          steps={SPANS}
          lines={[
            { name: TYPICAL, tone: "inFlight", values: p50 },
            { name: SLOW, tone: "delayed", values: p95 },
          ]}
        />
      </figure>
    </div>
  );
}

interface KeyProps {
  readonly tone: string;
  readonly name: string;
  readonly value: string | undefined;
  readonly title?: string;
}

function Key({ tone, name, value = "–", title }: KeyProps) {
  return (
    <span class="chart-key" title={title}>
      <span class={`swatch tone-${tone}`} />
      {name} <strong class="number">{value}</strong>
    </span>
  );
}

function seriesOf(samples: readonly Sample[]) {
  return {
    times: samples.map(({ at }) => Math.round(Date.parse(at) / 1_000)),
    sent: samples.map(({ rates }) => rates?.sent),
    acked: samples.map(({ rates }) => rates?.acked),
    failed: samples.map(({ rates }) => rates?.failed),
    p50: samples.map(({ rates }) => rates?.waitedMs?.p50),
    p95: samples.map(({ rates }) => rates?.waitedMs?.p95),
  };
}
