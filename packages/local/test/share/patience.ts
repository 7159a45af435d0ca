import { vi } from "vitest";

/** From here on no patience with an owner ends by itself, however busy the machine is: intervals count it. */
export function holdPatience(): void {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
}

/** Lets patience end again and again, until there is an answer. */
export async function impatiently<T>(answer: Promise<T>): Promise<T> {
  let over = false;
  const end = () => {
    over = true;
  };
  answer.then(end, end);
  while (!over) {
    vi.advanceTimersByTime(60_000);
    await new Promise(setImmediate);
  }
  return answer;
}
