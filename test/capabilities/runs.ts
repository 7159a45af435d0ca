// Read by a reporter of vitest too, which finds no package's sources: nothing here imports one.

/** How much a run proves: the service itself, a program that nobody here wrote, or a server of our own. */
export type Grade = "live" | "independent" | "own";

/** One run of the conformance suite, by the `name` that it has there, or of one test file, by its path. */
export interface Run {
  readonly run: string;
  readonly grade: Grade;
  /** Against what, as the table says it. */
  readonly against: string;
  /** Whether all its queues are FIFO, and not only those of cases that ask for it. */
  readonly fifo?: true;
}

/** Runs of the conformance suite, by platform. A platform's own store is the platform itself: its runs are live. */
export const suiteRuns = {
  local: [
    { run: "the engine in memory", grade: "live", against: "memory" },
    { run: "LevelDB in one process", grade: "live", against: "LevelDB" },
    {
      run: "LevelDB over the socket, owned by another process",
      grade: "live",
      against: "LevelDB of another process",
    },
  ],
  aws: [
    { run: "SQS on fauxqs", grade: "independent", against: "fauxqs" },
    { run: "SQS on moto", grade: "independent", against: "moto" },
    { run: "SQS on ElasticMQ", grade: "independent", against: "ElasticMQ" },
    { run: "SQS FIFO on fauxqs", grade: "independent", against: "fauxqs", fifo: true },
    {
      run: "SQS FIFO on fauxqs, with a scheduler of our own",
      grade: "own",
      against: "fauxqs, and a scheduler of our own",
      fifo: true,
    },
  ],
  gcp: [
    {
      run: "Pub/Sub on Google's emulator",
      grade: "independent",
      against: "Google's emulator",
    },
    { run: "Pub/Sub on pstest", grade: "independent", against: "pstest" },
    {
      run: "Pub/Sub over a wire server of our own",
      grade: "own",
      against: "a gRPC server of our own",
    },
  ],
  azure: [
    {
      run: "Service Bus over our wire server",
      grade: "own",
      against: "an AMQP server of our own",
    },
    {
      run: "Service Bus sessions over our wire server",
      grade: "own",
      against: "an AMQP server of our own",
    },
  ],
  cloudflareHttp: [
    {
      run: "Cloudflare Queues over HTTP, against a server of our own",
      grade: "own",
      against: "an HTTP server of our own",
    },
  ],
} satisfies Readonly<Record<string, readonly Run[]>>;

/** Test files of a function in its host, by platform: each test counts. */
export const hostRuns = {
  aws: [
    {
      run: "test/peers/lambda.test.ts",
      grade: "independent",
      against: "AWS's Lambda runtime client",
    },
    { run: "packages/aws/test/entry.test.ts", grade: "own", against: "recorded events" },
  ],
  gcp: [
    {
      run: "test/peers/pubsub-push.test.ts",
      grade: "independent",
      against: "Google's functions-framework",
    },
    { run: "packages/gcp/test/entry.test.ts", grade: "own", against: "recorded events" },
  ],
  azure: [
    {
      run: "packages/azure/test/entry.test.ts",
      grade: "own",
      against: "recorded shapes, and a listener of our own",
    },
  ],
  cloudflareWorker: [
    { run: "packages/cloudflare/test/worker.test.ts", grade: "independent", against: "workerd" },
  ],
} satisfies Readonly<Record<string, readonly Run[]>>;

/** Test files whose results are kept beside those of the suite. */
export const evidenceFiles: readonly string[] = Object.values(hostRuns).flatMap((runs) =>
  runs.map(({ run }) => run),
);

/** Runs of the cases that what stands beside the queues makes a platform have. A table is in memory there: those are ours. */
export const tableRuns = {
  aws: [
    { run: "SQS with a table, on fauxqs", grade: "own", against: "a table in memory" },
    {
      run: "SQS FIFO with a table, on fauxqs",
      grade: "own",
      against: "a table in memory",
      fifo: true,
    },
  ],
  gcp: [
    {
      run: "Pub/Sub with Cloud Tasks, on Google's emulator and aertje's",
      grade: "independent",
      against: "aertje's emulator of Cloud Tasks",
    },
    {
      run: "Pub/Sub with Cloud Tasks, over a wire server of our own",
      grade: "own",
      against: "a Cloud Tasks of our own",
    },
    {
      run: "Pub/Sub with a table, over a wire server of our own",
      grade: "own",
      against: "a table in memory",
    },
  ],
  azure: [
    {
      run: "Service Bus with a table, over our wire server",
      grade: "own",
      against: "a table in memory",
    },
    {
      run: "Service Bus sessions with a table, over our wire server",
      grade: "own",
      against: "a table in memory",
    },
  ],
  cloudflareHttp: [
    {
      run: "Cloudflare Queues with a table, over HTTP, against a server of our own",
      grade: "own",
      against: "a table in memory",
    },
  ],
} satisfies Readonly<Record<string, readonly Run[]>>;

/** Runs of the suite that are no platform: what proves the suite itself. */
export const ownRuns: readonly string[] = [
  "the reference driver",
  "the reference driver over a network",
  "a driver with few capabilities",
  "a bare service that delays retries",
  "a bare service whose delayed retries are messages of their own",
  "a client over a client",
  "a bare service with a table",
  "a bare FIFO service with a table",
  "a bare service with a table, whose delayed retries are messages of their own",
];
