const FOREVER_MS = 2 ** 31 - 1;

/**
 * Keeps the process running while something is awaited, and only then: sockets, servers and waits of
 * the engine never do by themselves, so that a script ends when its own work has.
 */
export class KeepAlive {
  #holds = 0;
  #timer: NodeJS.Timeout | undefined;

  hold(): void {
    if (this.#holds++ > 0) return;
    if (this.#timer === undefined) this.#timer = setInterval(() => undefined, FOREVER_MS);
    else this.#timer.ref();
  }

  release(): void {
    if (--this.#holds === 0) this.#timer?.unref();
  }
}
