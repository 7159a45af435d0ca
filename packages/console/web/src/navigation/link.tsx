import type { ComponentChildren } from "preact";
import { href, navigate } from "./location.ts";

interface LinkProps {
  readonly to: string;
  readonly children: ComponentChildren;
  readonly class?: string;
  readonly title?: string;
  readonly current?: boolean;
  readonly label?: string;
}

/** A link within the console; a new tab opens as with any link. */
export function Link({ to, children, title, current, label, ...rest }: LinkProps) {
  const go = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    navigate(to);
  };
  return (
    <a
      {...rest}
      href={href(to)}
      title={title}
      aria-label={label}
      aria-current={current === true ? "page" : undefined}
      onClick={go}
    >
      {children}
    </a>
  );
}
