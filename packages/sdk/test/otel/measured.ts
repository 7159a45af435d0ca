import { metrics } from "@opentelemetry/api";
import {
  AggregationTemporality,
  type HistogramMetricData,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";

const FOR_EVER_MS = 2 ** 30;

interface Histogram {
  readonly sum: number | undefined;
  readonly unit: string | undefined;
  readonly ends: readonly number[] | undefined;
}

/** An SDK that keeps its metrics in memory, for one test. */
export class Measured {
  readonly #exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  readonly #reader = new PeriodicExportingMetricReader({
    exporter: this.#exporter,
    exportIntervalMillis: FOR_EVER_MS,
  });
  readonly #provider = new MeterProvider({ readers: [this.#reader] });

  constructor() {
    metrics.setGlobalMeterProvider(this.#provider);
  }

  /** What was counted so far: a line per instrument and set of attributes, less those that all share. */
  async lines(): Promise<readonly string[]> {
    const all = await this.#collect();
    return all.flatMap((metric) => metric.dataPoints.map((point) => lineOf(metric, point))).sort();
  }

  /** Of the first set of attributes: the sum, the unit and the upper ends of the buckets. */
  async histogram(name: string): Promise<Histogram> {
    const metric = (await this.#collect()).find(({ descriptor }) => descriptor.name === name);
    const [point] = (metric as HistogramMetricData | undefined)?.dataPoints ?? []; // by its name
    const { sum, buckets } = point?.value ?? {};
    return { sum, unit: metric?.descriptor.unit, ends: buckets?.boundaries };
  }

  async close(): Promise<void> {
    metrics.disable();
    await this.#provider.shutdown();
  }

  async #collect(): Promise<readonly MetricData[]> {
    this.#exporter.reset();
    await this.#reader.forceFlush();
    return this.#exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  }
}

const SHARED = new Set(["messaging.system", "messaging.destination.name"]);

function lineOf({ descriptor }: MetricData, point: MetricData["dataPoints"][number]): string {
  const attributes = Object.entries(point.attributes)
    .filter(([name]) => !SHARED.has(name) && name !== "messaging.operation.type")
    .map(([name, value]) => `${name.replace("messaging.operation.name", "operation")}=${value}`);
  // How long something really took is not for a test to know; how often it was measured is.
  const value = typeof point.value === "number" ? point.value : `x${point.value.count}`;
  return `${descriptor.name} {${attributes.join(" ")}} ${value}`;
}
