import { importsWorker, runAsTests } from "./snippets/as-tests.ts";

// Of those that documents show. Those that import a worker are in a process of their own.
runAsTests((block) => !importsWorker(block));
