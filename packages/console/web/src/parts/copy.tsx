import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Button } from "./button.tsx";

interface CopyProps {
  readonly text: string | (() => string);
  /** What is copied: "payload". */
  readonly what: string;
  /** Shown beside the icon; without it the icon is alone. */
  readonly children?: string;
}

/** Copies a text, and says for two seconds that it has. */
export function Copy({ text, what, children }: CopyProps) {
  const done = useSignal(false);
  useEffect(() => {
    if (!done.value) return;
    const timer = setTimeout(() => {
      done.value = false;
    }, 2_000);
    return () => clearTimeout(timer);
  }, [done.value, done]);
  const copy = () => {
    const copied = navigator.clipboard.writeText(typeof text === "string" ? text : text());
    void copied.then(() => {
      done.value = true;
    });
  };
  return (
    <Button kind="quiet" icon={done.value ? "check" : "copy"} onClick={copy} label={`Copy ${what}`}>
      {done.value && children !== undefined ? "Copied" : children}
    </Button>
  );
}
