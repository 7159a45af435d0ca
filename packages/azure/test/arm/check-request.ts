import { ArmRefusal } from "./answers.ts";
import type { ArmRequest } from "./arm-server.ts";
import { publishedVersions, resourceProblems } from "./published/resource-schemas.ts";
import type { PublishedOperation } from "./published-api.ts";
import { typeOf, type Wanted } from "./resource.ts";

/**
 * The body of a request that Microsoft publishes, by both that there is of its documents: its clients know the operations,
 * and the types of resources are what a PUT makes.
 * @throws ArmRefusal, as Resource Manager words it, for any other request.
 */
export function checkedBody(
  { method, path, query, body }: ArmRequest,
  published: readonly PublishedOperation[],
): Wanted {
  const type = typeOf(path);
  const version = query.get("api-version");
  checkVersion(type, version);
  const known = published.filter((each) => each.method === method && each.path.test(path));
  const [operation] = known.filter((each) => each.version === version);
  if (operation === undefined) {
    const versions = known.map((each) => each.version).join(", ") || "none";
    const text = `${method} ${path} of version ${version} is not published; there is ${versions}`;
    throw new ArmRefusal(400, "InvalidApiVersionParameter", text);
  }
  const given = body.length === 0 ? undefined : json(body);
  const problems = [
    ...operation.problems(given),
    ...(method === "PUT" && publishedVersions(type) !== undefined
      ? resourceProblems(type, version ?? "", "request", { ...given, name: nameIn(path) })
      : []),
  ];
  if (problems.length > 0) {
    const text = `${method} ${path}: ${problems.join("; ")}`;
    throw new ArmRefusal(400, "InvalidRequestContent", text);
  }
  return given ?? {};
}

/** @throws Error where the server answers what no Azure would: the mistake is its own. */
export function checkAnswer({ method, path, query }: ArmRequest, body: unknown): void {
  const type = typeOf(path);
  if (publishedVersions(type) === undefined) return;
  if (typeof body !== "object" || body === null || !("id" in body)) return;
  const problems = resourceProblems(type, query.get("api-version") ?? "", "answer", body);
  if (problems.length === 0) return;
  throw new Error(`answered to ${method} ${path} what is not published: ${problems.join("; ")}`);
}

/** https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors */
function checkVersion(type: string, version: string | null): void {
  const versions = publishedVersions(type);
  if (version === null) {
    const text = "The api-version query parameter (?api-version=) is required for all requests.";
    throw new ArmRefusal(400, "MissingApiVersionParameter", text);
  }
  if (versions === undefined || versions.includes(version)) return;
  const text = `No registered resource provider found for API version '${version}' for type '${type}'. The supported api-versions are '${versions.join(", ")}'.`;
  throw new ArmRefusal(400, "NoRegisteredProviderFound", text);
}

function json(body: Buffer): Wanted {
  try {
    return JSON.parse(body.toString()) as Wanted; // what it is, the checks say
  } catch {
    const text = "The request content was invalid and could not be deserialized.";
    throw new ArmRefusal(400, "InvalidRequestContent", text);
  }
}

function nameIn(path: string): string {
  return path.split("/").at(-1) ?? "";
}
