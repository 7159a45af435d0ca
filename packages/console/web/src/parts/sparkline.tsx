interface SparklineProps {
  /** One or two lines, the latest point last. */
  readonly lines: readonly { readonly tone: string; readonly points: readonly number[] }[];
  /** What it shows, for whoever does not see it. */
  readonly label: string;
  /** How many points fill the width. */
  readonly room?: number;
}

const WIDTH = 120;
const HEIGHT = 28;

export function Sparkline({ lines, label, room = 60 }: SparklineProps) {
  const most = Math.max(0.5, ...lines.flatMap(({ points }) => points));
  return (
    <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <line class="base" x1="0" y1={HEIGHT - 1.5} x2={WIDTH} y2={HEIGHT - 1.5} />
      {lines.map(({ tone, points }) => {
        const path = pathOf(points, most, room);
        const from = x(room - points.length, room);
        return (
          <g key={tone} class={`line-${tone}`}>
            <path class="area" d={`${path}L${WIDTH} ${HEIGHT}L${from} ${HEIGHT}Z`} />
            <path class="line" d={path} />
          </g>
        );
      })}
    </svg>
  );
}

function pathOf(points: readonly number[], most: number, room: number): string {
  const start = room - points.length;
  const steps = points.map((point, index) => {
    const y = HEIGHT - 1.5 - (point / most) * (HEIGHT - 4);
    return `${x(start + index, room)} ${y.toFixed(1)}`;
  });
  return steps.length === 0 ? `M0 ${HEIGHT - 1.5}` : `M${steps.join("L")}`;
}

function x(index: number, room: number): string {
  return ((index / (room - 1)) * WIDTH).toFixed(1);
}
