import type { ComponentChildren } from "preact";
import { Link } from "../navigation/link.tsx";
import { Icon } from "./icon.tsx";

interface PageHeadProps {
  readonly title: ComponentChildren;
  /** The way up to here. */
  readonly above?: readonly { readonly text: string; readonly to: string }[];
  readonly beside?: ComponentChildren;
  readonly actions?: ComponentChildren;
}

/** What the page is about, and what can be done about it. */
export function PageHead({ title, above = [], beside, actions }: PageHeadProps) {
  return (
    <div class="page-head">
      <div class="page-title">
        {above.map(({ text, to }) => (
          <span key={to} class="crumb">
            <Link to={to}>{text}</Link>
            <Icon name="chevron" />
          </span>
        ))}
        <h1>{title}</h1>
        {beside}
      </div>
      {actions === undefined ? undefined : <div class="actions">{actions}</div>}
    </div>
  );
}
