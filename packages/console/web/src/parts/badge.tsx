import type { ComponentChildren } from "preact";

export type Tone = "ready" | "delayed" | "inFlight" | "dead" | "good" | "warn" | "plain";

interface BadgeProps {
  readonly tone?: Tone;
  readonly children: ComponentChildren;
  readonly title?: string | undefined;
}

export function Badge({ tone = "plain", children, title }: BadgeProps) {
  return (
    <span class={`badge tone-${tone}`} title={title}>
      {children}
    </span>
  );
}
