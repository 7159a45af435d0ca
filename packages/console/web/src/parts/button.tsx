import type { ComponentChildren } from "preact";
import { hindrance } from "../data/settings.ts";
import { Icon, type IconName } from "./icon.tsx";

interface ButtonProps {
  readonly onClick?: (() => void) | undefined;
  readonly children?: ComponentChildren;
  readonly icon?: IconName;
  readonly kind?: "primary" | "plain" | "danger" | "quiet";
  readonly disabled?: boolean;
  readonly title?: string;
  /** What a button without text does. */
  readonly label?: string;
  /** Changes something: not while the console is read-only, or nobody hears it. */
  readonly changes?: boolean;
  readonly submit?: boolean;
  readonly pressed?: boolean;
}

export function Button({
  onClick,
  children,
  icon,
  kind = "plain",
  disabled = false,
  title,
  label,
  changes = false,
  submit = false,
  pressed,
}: ButtonProps) {
  const hindered = changes ? hindrance.value : undefined;
  return (
    <button
      type={submit ? "submit" : "button"}
      class={`button ${kind}`}
      disabled={disabled || hindered !== undefined}
      title={hindered ?? title}
      aria-label={label}
      aria-pressed={pressed}
      onClick={onClick}
    >
      {icon === undefined ? undefined : <Icon name={icon} />}
      {children}
    </button>
  );
}
