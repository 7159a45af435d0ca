import type { ComponentChildren } from "preact";
import { isReadOnly, servedReadOnly } from "../data/settings.ts";
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
  /** Changes something: not while the console is read-only. */
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
  const forbidden = changes && isReadOnly.value;
  return (
    <button
      type={submit ? "submit" : "button"}
      class={`button ${kind}`}
      disabled={disabled || forbidden}
      title={forbidden ? forbiddenBy() : title}
      aria-label={label}
      aria-pressed={pressed}
      onClick={onClick}
    >
      {icon === undefined ? undefined : <Icon name={icon} />}
      {children}
    </button>
  );
}

function forbiddenBy(): string {
  if (servedReadOnly.value) return "The server only looks: it was started with --read-only";
  return "The console is read-only: settings change that";
}
