/** What --json prints, by command: an object a line. "?" may be left out; what is not named here is not printed. */
export const shapes: Readonly<Record<string, string>> = {
  "queue ls": "version, queues: object[]",
  "queue info":
    "version, queue, platform, stage?, declared: object, schema?: any, consumer: object, paused?: object, stats?: object, consumers?: object[], capabilities: object",
  "queue send": "version, queue, id, deduplicated: boolean",
  "queue receive":
    "version, id, queue, payload: any, kind, attempt: number, sentAt: number, attributes: object, priority: number, group?, job?, dead?: object, receiptHandle?",
  "queue ack": "version, queue, acked: number",
  "queue peek":
    "version, id, state, attempts: number, sentAt: number, dueAt?: number, group?, priority?: number, kind, attributes: object, job?, maxAttempts?: number, concurrency?: object, dead?: object, trace?: object, payload: any",
  "queue tail":
    "version, queue, type, at?: number, id?, attempt?: number, waitedMs?: number, error?: object, count?: number, ready?: number, delayed?: number, inFlight?: number, dead?: number",
  "queue stats":
    "version, queue, ready: number, delayed?: number, inFlight?: number, dead: number, oldestAgeMs?: number, rates?: object, paused?: object",
  "queue export":
    "version, type, queue, id, state, sentAt: number, dueAt?: number, attempts: number, kind, attributes?: object, job?, maxAttempts?: number, group?, priority?: number, concurrency?: object, body",
  "queue import": "version, queue, imported: number, known: number, refused: object[]",
  "queue purge": "version, queue, purged: number",
  "queue pause": "version, queue, paused: object",
  "queue resume": "version, queue, resumed: boolean",
  "jobs get":
    "version, id, queue, status, attempts: object[], sentAt: number, dueAt?: number, endedAt?: number, name?, lastError?: object, result?: any",
  "jobs ls": "as jobs get",
  "jobs wait": "as jobs get",
  "jobs requeue": "version, queue, id, requeued: boolean",
  "jobs cancel": "version, queue, id, cancelled: boolean",
  "dead ls":
    "version, id, attempts: number, history: object[], sentAt: number, deadAt: number, source, error: object, group?, priority?: number, concurrency?: object, kind, attributes: object, job?, maxAttempts?: number, dead?: object, trace?: object, payload: any",
  "dead show": "as dead ls",
  "dead edit": "version, queue, id",
  "dead redrive": "version, queue, to, redriven: number",
  "dead discard": "version, queue, discarded: number",
  "dead export":
    "version, id, body: any, headers: object, attempts: number, history: object[], sentAt: number, deadAt: number, source, error: object, group?, priority?: number, concurrency?: object",
  "dead import": "version, queue, imported: number, known: number, refused: object[]",
  "consumers ls": "version, bindings: object[]",
  "consumers bind": "version, queue, function, status",
  "consumers unbind": "version, queue, function?",
  clock: "version, now, aheadMs: number",
  "clock advance": "as clock",
  "clock reset": "as clock",
  plan: "as docs/design/deploy-engine.md has it: what deploy --plan takes",
  deploy: "version, kind, ... of each thing that happens; the first is planned, with the plan",
  destroy: "as deploy",
  status:
    "version, place: object, serial: number, lock?: object, complete: boolean, resources: object[]",
  refresh: "version, drifts: object[]",
  logs: "version, at: number, text",
  env: "version, environment: object",
  export: "version, format, files: string[], next: string[]",
  "secret ls": "version, secrets: object[]",
  "secret set": "version, secret",
  "state ls": "version, parts: object[]",
  "state pull": "as it is stored",
  "state rm": "version, forgotten",
  "state unlock": "version, unlocked: boolean, lock?: object",
  console: "version, ... once, when it can be opened",
  dev: "type, ... of each thing that happens",
  explain: "version, code, text",
  doctor: "version, ok: boolean, findings: object[]",
};

/** What is wrong with a line of a command's JSON; nothing where it is as it is documented. */
export function misfits(command: string, line: string): readonly string[] {
  const text = shapes[command] ?? "";
  const shape = text.startsWith("as ") ? (shapes[text.slice(3)] ?? "") : text;
  const value: Record<string, unknown> = JSON.parse(line);
  const fields = new Map(
    shape.split(", ").map((field) => {
      const [, name = "", optional = "", type = "string"] =
        /^(\w+)(\??)(?:: (.+))?$/.exec(field) ?? [];
      return [name, { optional: optional === "?", type: name === "version" ? "number" : type }];
    }),
  );
  const unknown = Object.keys(value).filter((name) => !fields.has(name));
  const wrong = [...fields].filter(([name, { optional, type }]) => {
    const given = value[name];
    if (given === undefined) return !optional;
    if (type === "any") return false;
    return type.endsWith("[]") ? !Array.isArray(given) : typeof given !== type;
  });
  return [
    ...unknown.map((name) => `${command}: ${name} is not documented`),
    ...wrong.map(([name, { type }]) => `${command}: ${name} is no ${type}: ${String(value[name])}`),
    ...(value.version === 1 ? [] : [`${command}: it is of version ${String(value.version)}`]),
  ];
}
