import type { ComponentChildren } from "preact";
import { Copy } from "./copy.tsx";

interface EmptyProps {
  readonly title: string;
  readonly children?: ComponentChildren;
  /** What to type so that there is something. */
  readonly snippet?: string;
}

/** Nothing to show, and how there comes to be something. */
export function Empty({ title, children, snippet }: EmptyProps) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children === undefined ? undefined : <p>{children}</p>}
      {snippet === undefined ? undefined : <Snippet text={snippet} />}
    </div>
  );
}

/** Code to copy. */
export function Snippet({ text }: { readonly text: string }) {
  return (
    <div class="snippet">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
      <Copy text={text} what="the snippet" />
    </div>
  );
}
