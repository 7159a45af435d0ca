import { systemClock } from "@alienplatform/bindings";
import { Hono } from "hono";
import type { HttpApiOptions } from "./api-options.ts";
import { serveConsole } from "./console.ts";
import { json } from "./json.ts";
import { CLOUD_PACE, LOCAL_PACE, Sampler } from "./live/sampler.ts";
import { openApi } from "./openapi.ts";
import { Operations } from "./operations/operations.ts";
import { problemResponse } from "./problem/problem.ts";
import { unexpectedErrors } from "./problem/unexpected.ts";
import { unknownRoute } from "./problem/unknown-route.ts";
import { Routes } from "./route.ts";
import { bindingRoutes } from "./routes/bindings.ts";
import { clockRoutes } from "./routes/clock.ts";
import { deadLetterRoutes } from "./routes/dead-letters.ts";
import { deadLetterBulkRoutes } from "./routes/dead-letters-bulk.ts";
import { deadLetterLineRoutes } from "./routes/dead-letters-lines.ts";
import { liveRoutes } from "./routes/events.ts";
import { functionRoutes } from "./routes/functions.ts";
import { insideRoutes } from "./routes/inside.ts";
import { jobRoutes } from "./routes/jobs.ts";
import { messageRoutes } from "./routes/messages.ts";
import { operatingRoutes } from "./routes/operating.ts";
import { operationRoutes } from "./routes/operations.ts";
import { queueRoutes } from "./routes/queues.ts";
import { receiveRoutes } from "./routes/receive.ts";
import { searchRoutes } from "./routes/search.ts";
import { waitingRoutes } from "./routes/waiting.ts";
import { limitedBody } from "./security/body-limit.ts";
import { jsonOnly } from "./security/content-type.ts";
import { securityHeaders } from "./security/headers.ts";
import { hostAllowed } from "./security/host.ts";
import { sameOrigin } from "./security/origin.ts";
import { readOnly } from "./security/read-only.ts";
import { tokenShown } from "./security/token.ts";
import { Served } from "./served.ts";
import type { ServedQueues } from "./served-queues.ts";

const BODY_LIMIT = 1024 * 1024;

/** The API as a function from requests to answers; also what a Function with `.http()` exports. */
export interface HttpApi {
  fetch(request: Request): Promise<Response>;
  /** Ends what waits: long polls and event streams. */
  close(): void;
}

/** The HTTP API of these queues: docs/http-api.md. Does no I/O before the first request. */
export function httpApi(queues: ServedQueues, options: HttpApiOptions = {}): HttpApi {
  const app = new Hono();
  guard(app, options);
  const ending = new AbortController();
  const routes = new Routes(app, options.streams === false ? undefined : ending.signal);
  const report = unexpectedErrors(options.onUnexpected ?? (() => undefined));
  const served = new Served(queues, report);
  const { clock = systemClock, streams = true } = options;
  const operations = new Operations(clock, (thrown) => served.problem(thrown));
  const sampler = new Sampler(served, clock, queues.platform === "local" ? LOCAL_PACE : CLOUD_PACE);
  ending.signal.addEventListener("abort", () => {
    operations.close();
    sampler.close();
  });
  queueRoutes(routes, served, options.readOnly);
  messageRoutes(routes, served);
  receiveRoutes(routes, served);
  operatingRoutes(routes, served);
  waitingRoutes(routes, served);
  insideRoutes(routes, served);
  // Before those of one letter, whose ids stand where these have their names.
  deadLetterBulkRoutes(routes, served, operations);
  deadLetterLineRoutes(routes, served);
  deadLetterRoutes(routes, served);
  operationRoutes(routes, operations);
  jobRoutes(routes, served);
  bindingRoutes(routes, served);
  functionRoutes(routes, served);
  searchRoutes(routes, served, clock);
  liveRoutes(routes, served, { sampler, operations, clock, streams });
  clockRoutes(routes, served);
  app.get("/openapi.json", () => json(openApi(routes.all, queues.stack().name)));
  serveConsole(app, options);
  app.notFound(({ req }) => unknownRoute(req.method, req.path, routes.all));
  app.onError((error) => {
    report(error);
    return problemResponse(error);
  });
  return { fetch: async (request) => app.fetch(request), close: () => ending.abort() };
}

/** Who may ask for what, before anything is looked at. */
function guard(app: Hono, options: HttpApiOptions): void {
  const { token, tokenFor = "everything", hosts, bodyLimit = BODY_LIMIT } = options;
  app.use(securityHeaders);
  if (hosts !== undefined) app.use(hostAllowed(hosts));
  app.use(sameOrigin);
  // Before the token, which the page of such an API has not got.
  if (options.readOnly === true) app.use(readOnly);
  if (token !== undefined) app.use(tokenShown(token, tokenFor));
  app.use(limitedBody(bodyLimit));
  // After what tells an empty body from one that is there.
  app.use(jsonOnly);
}
