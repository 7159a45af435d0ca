const last = new Map<string, Promise<unknown>>();

/**
 * Does what has the same name one after the other. Looks at the dead letters of a queue are: on the clouds each takes
 * the letters on loan while it lasts, and another one beside it would not find them. What is aborted before its turn
 * comes is not begun.
 */
export function inTurn<T>(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const before = last.get(name);
  const own = (async () => {
    await before;
    signal.throwIfAborted();
    return work();
  })();
  const over = own.then(
    () => undefined,
    () => undefined,
  );
  last.set(name, over);
  void over.then(() => {
    if (last.get(name) === over) last.delete(name);
  });
  return own;
}
