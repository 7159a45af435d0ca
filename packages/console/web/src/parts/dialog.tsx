import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { asProblem, type Problem } from "../data/problem.ts";
import { Button } from "./button.tsx";
import { ProblemNote } from "./problem-note.tsx";

interface DialogProps {
  readonly title: string;
  readonly children: ComponentChildren;
  /** What the button of agreement says. */
  readonly action: string;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  /** Why it rejects is shown here: what is beside the dialog is dimmed. */
  readonly onAction: () => unknown;
  readonly onClose: () => void;
}

/** A question over the page. Escape and a click beside it close it; what had the focus gets it back. */
export function Dialog({
  title,
  children,
  action,
  danger = false,
  disabled = false,
  onAction,
  onClose,
}: DialogProps) {
  const problem = useSignal<Problem | undefined>(undefined);
  const act = async () => {
    problem.value = undefined;
    try {
      await onAction();
    } catch (error) {
      problem.value = asProblem(error);
    }
  };
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const { activeElement } = document;
    element.current?.showModal();
    return () => {
      if (activeElement instanceof HTMLElement) activeElement.focus();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the key of a dialog
    <dialog
      ref={element}
      class="dialog"
      aria-label={title}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === element.current) onClose();
      }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!disabled) void act();
        }}
      >
        <h2>{title}</h2>
        {children}
        {problem.value === undefined ? undefined : <ProblemNote problem={problem.value} />}
        <div class="dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button submit kind={danger ? "danger" : "primary"} disabled={disabled} changes>
            {action}
          </Button>
        </div>
      </form>
    </dialog>
  );
}
