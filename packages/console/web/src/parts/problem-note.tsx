import type { ComponentChildren } from "preact";
import type { Problem } from "../data/problem.ts";
import { Button } from "./button.tsx";
import { Icon } from "./icon.tsx";

interface ProblemNoteProps {
  readonly problem: Problem;
  readonly onRetry?: () => void;
}

/** What went wrong, and what to do. */
export function ProblemNote({ problem, onRetry }: ProblemNoteProps) {
  return (
    <div class="note problem" role="alert">
      <Icon name="warning" />
      <div>
        <strong>{problem.message}</strong>
        {problem.code === "" ? undefined : <code class="code">{problem.code}</code>}
        {problem.fix === undefined ? undefined : <p>{problem.fix}</p>}
      </div>
      {onRetry === undefined ? undefined : <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}

/** What a platform cannot tell, in a line, where it would be shown. */
export function CannotTell({ children }: { readonly children: ComponentChildren }) {
  return <p class="cannot-tell">{children}</p>;
}
