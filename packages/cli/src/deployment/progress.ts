import type { ApplyEvent, Step } from "@alienplatform/deploy";
import { printApplyEvent, printApplyEventJson, printRunning } from "../print/apply-event.ts";
import type { Terminal } from "../terminal.ts";

const FRAME_MS = 100;

/** Shows what is under way: lines that stay, below them, on a terminal, what runs just now. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #json: boolean;
  readonly #running = new Map<Step, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(terminal: Terminal, json: boolean) {
    this.#terminal = terminal;
    this.#json = json;
  }

  /** For `onEvent` of apply. */
  readonly show = (event: ApplyEvent): void => {
    const { data, note, noteColors, live } = this.#terminal;
    if (event.kind === "started") this.#running.set(event.step, performance.now());
    if (event.kind === "done" || event.kind === "failed" || event.kind === "interrupted") {
      this.#running.delete(event.step);
    }
    if (this.#json) {
      data(printApplyEventJson(event));
      return;
    }
    const line = printApplyEvent(event, noteColors);
    live?.([]);
    if (line !== undefined) note(line);
    this.#draw();
    if (live !== undefined) this.#timer ??= setInterval(() => this.#draw(), FRAME_MS).unref();
  };

  /** Takes away what runs. */
  end(): void {
    clearInterval(this.#timer);
    this.#terminal.live?.([]);
  }

  #draw(): void {
    const { live, noteColors } = this.#terminal;
    const now = performance.now();
    live?.([...this.#running].map(([step, since]) => printRunning(step, now - since, noteColors)));
  }
}
