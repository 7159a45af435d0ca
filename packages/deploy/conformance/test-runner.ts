/** The two functions of a test runner that the suites need; those of vitest and of node:test fit. */
export interface TestRunner {
  describe(name: string, register: () => void): unknown;
  it(name: string, run: (context: { skip(reason?: string): void }) => Promise<void>): unknown;
}
