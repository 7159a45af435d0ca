import { AlienError, nearest } from "@alienplatform/core";
import type { Route } from "../route.ts";
import { problemResponse } from "./problem.ts";

/** What there is to say to a request that no route is for: 405 where another method would do, else 404. */
export function unknownRoute(method: string, path: string, routes: readonly Route[]): Response {
  const given = path.split("/");
  const filled = routes
    .map((route) => ({ route, path: filledPath(route.path.split("/"), given) }))
    .filter((one) => one.path !== undefined);
  const methods = filled
    .filter((one) => one.path === path)
    .map(({ route }) => route.method.toUpperCase());
  if (methods.length > 0) {
    const allowed = methods.join(", ");
    const text = `there is no ${method} here`;
    const answer = problemResponse(
      new AlienError("UNKNOWN_ROUTE", text, { fix: `Use ${allowed}.` }),
      405,
    );
    answer.headers.set("allow", allowed);
    return answer;
  }
  const [near] = nearest(
    path,
    filled.map((one) => one.path ?? ""),
  );
  return problemResponse(
    new AlienError("UNKNOWN_ROUTE", `there is no ${method} ${path.slice(0, 200)}`, {
      fix: near === undefined ? "GET /openapi.json lists all routes." : `Did you mean ${near}?`,
    }),
  );
}

/** A route's path with what was given in place of its parameters; undefined of another length. */
function filledPath(route: readonly string[], given: readonly string[]): string | undefined {
  if (route.length !== given.length) return undefined;
  return route.map((part, index) => (part.startsWith(":") ? given[index] : part)).join("/");
}
