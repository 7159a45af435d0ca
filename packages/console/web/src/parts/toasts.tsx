import { signal } from "@preact/signals";
import { asProblem } from "../data/problem.ts";
import { Icon } from "./icon.tsx";

interface Toast {
  readonly number: number;
  readonly text: string;
  readonly fix?: string | undefined;
  readonly good: boolean;
}

const shown = signal<readonly Toast[]>([]);
const SHOWN_MS = 6_000;
let last = 0;

/** Says that something is done. */
export function toast(text: string): void {
  add({ number: ++last, text, good: true });
}

/** Does something that changes queues, says what came of it, and rejects where it failed: a dialog shows why itself. */
export async function achieve<T>(
  work: () => Promise<T>,
  done: (result: T) => string | undefined = () => undefined,
): Promise<T> {
  const result = await work();
  const text = done(result);
  if (text !== undefined) toast(text);
  return result;
}

/** The same, and says also why it failed. */
export async function attempt<T>(
  work: () => Promise<T>,
  done?: (result: T) => string | undefined,
): Promise<T | undefined> {
  try {
    return await achieve(work, done);
  } catch (error) {
    const { message, fix } = asProblem(error);
    add({ number: ++last, text: message, fix, good: false });
    return undefined;
  }
}

function add(one: Toast): void {
  shown.value = [...shown.peek(), one].slice(-4);
  setTimeout(() => drop(one.number), one.good ? SHOWN_MS : SHOWN_MS * 2);
}

function drop(number: number): void {
  shown.value = shown.peek().filter((each) => each.number !== number);
}

export function Toasts() {
  return (
    <div class="toasts" role="status">
      {shown.value.map(({ number, text, fix, good }) => (
        <div key={number} class={`toast ${good ? "good" : "bad"}`}>
          <Icon name={good ? "check" : "warning"} />
          <div>
            {text}
            {fix === undefined ? undefined : <p>{fix}</p>}
          </div>
          <button type="button" aria-label="Dismiss" onClick={() => drop(number)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
