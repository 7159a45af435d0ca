import { importsWorker, runAsTests } from "./snippets/as-tests.ts";

// Of the tests that documents show those that import a worker.
runAsTests(importsWorker);
