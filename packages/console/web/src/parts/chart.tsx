import { useEffect, useRef } from "preact/hooks";
import type UPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { theme } from "../data/settings.ts";

/** One line of a chart. */
export interface ChartLine {
  readonly name: string;
  /** The name of a colour in the style sheet: "ready". */
  readonly tone: string;
  readonly values: readonly (number | undefined)[];
}

interface ChartProps {
  /** Seconds since the epoch. */
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly format: (value: number) => string;
  /** Between the lines of the grid: the first that leaves them far enough apart. */
  readonly steps: readonly number[];
  /** What it shows, for whoever does not see it. */
  readonly label: string;
}

const HEIGHT = 168;

/** Lines over time, with the values under the pointer. */
export function Chart({ times, lines, format, steps, label }: ChartProps) {
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const names = lines.map(({ name }) => name).join();
  const data = dataOf(times, lines);
  const latest = useRef(data);
  latest.current = data;
  useEffect(() => {
    const parent = element.current;
    if (parent === null) return;
    let shown = true;
    const observer = new ResizeObserver(() => {
      plot.current?.setSize({ width: parent.clientWidth, height: HEIGHT });
    });
    // Not before there is a chart to draw: it is a third of all code, and no page begins with it.
    void import("uplot").then(({ default: Plot }) => {
      if (!shown) return;
      plot.current = new Plot(optionsOf(parent, lines, format, steps), latest.current, parent);
      observer.observe(parent);
    });
    return () => {
      shown = false;
      observer.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [names, theme.value]);
  useEffect(() => {
    plot.current?.setData(data);
  }, [data]);
  return <div ref={element} class="chart" role="img" aria-label={label} />;
}

function dataOf(times: readonly number[], lines: readonly ChartLine[]): UPlot.AlignedData {
  return [[...times], ...lines.map(({ values }) => values.map((value) => value ?? null))];
}

function optionsOf(
  parent: HTMLElement,
  lines: readonly ChartLine[],
  format: (value: number) => string,
  steps: readonly number[],
): UPlot.Options {
  const style = getComputedStyle(parent);
  const colour = (name: string) => colourOf(parent, name);
  const font = `11px ${style.fontFamily}`;
  const axis = { stroke: colour("faint"), font, ticks: { show: false } };
  const grid = { stroke: colour("line"), width: 1 };
  return {
    width: Math.max(120, parent.clientWidth),
    height: HEIGHT,
    cursor: { y: false, points: { size: 6 } },
    legend: { live: true, markers: { width: 0 } },
    scales: {
      // Not by what uplot says of the data: for one point alone that is a day.
      x: { range: ({ data: [times] }) => timesShown(times[0], times.at(-1)) },
      y: { range: (_, _least, most) => [0, Math.max(steps[0] ?? 1, (most ?? 0) * 1.1)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 26,
        space: 90,
        values: (_, splits) => splits.map(clock),
      },
      {
        ...axis,
        grid,
        size: 52,
        incrs: [...steps],
        values: (_, splits) => splits.map(format),
      },
    ],
    series: [
      { value: (_, at) => (at === null ? "" : clock(at)), label: "at" },
      ...lines.map(({ name, tone }) => ({
        label: name,
        stroke: colour(tone),
        fill: faded(colour(tone)),
        width: 1.5,
        // A line begins with its second point.
        points: { show: (plot: UPlot) => (plot.data[0]?.length ?? 0) < 2 },
        value: (_: UPlot, value: number | null) => (value === null ? "–" : format(value)),
      })),
    ],
  };
}

const SHORTEST_S = 60;

/** At least a minute up to the latest sample, or up to now where there is none yet. */
function timesShown(first: number | undefined, last: number | undefined): [number, number] {
  const end = last ?? Date.now() / 1_000;
  return [Math.min(first ?? end, end - SHORTEST_S), end];
}

/** A colour of the style sheet as the canvas understands it: the theme's, "rgb(29, 78, 216)". */
function colourOf(element: HTMLElement, name: string): string {
  element.style.color = `var(--${name})`;
  const { color } = getComputedStyle(element);
  element.style.color = "";
  return color;
}

function faded(rgb: string): string {
  return rgb.replace(/^rgb\((.*)\)$/, "rgba($1, 0.09)");
}

function clock(seconds: number): string {
  return new Date(seconds * 1_000).toLocaleTimeString("en-GB");
}
