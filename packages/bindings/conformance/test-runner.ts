/**
 * The two functions of a test runner that the suite needs; those of vitest and of node:test fit. Where time is real,
 * vitest's `{ describe: describe.concurrent, it: it.concurrent }` lets cases wait beside each other.
 */
export interface TestRunner {
  describe(name: string, register: () => void): unknown;
  it(name: string, run: (context: { skip(reason?: string): void }) => Promise<void>): unknown;
}
