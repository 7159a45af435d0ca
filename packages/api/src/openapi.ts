import { z } from "zod";
import { problemSchema } from "./problem/problem.ts";
import type { Answer, Route } from "./route.ts";

type Json = Record<string, unknown>;

/** The description of the routes, OpenAPI 3.1: from the schemas that check their requests. */
export function openApi(routes: readonly Route[], name: string): Json {
  const schemas: Json = {};
  const paths: Record<string, Json> = {};
  const problem = {
    "application/problem+json": { schema: schemaOf(problemSchema, "output", schemas) },
  };
  for (const route of routes) {
    const path = route.path.replaceAll(/:([a-z]+)/gi, "{$1}");
    paths[path] = { ...paths[path], [route.method]: operationOf(route, schemas, problem) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: `The queues of ${name}`,
      version: "1",
      description:
        "Send, receive and operate queues. Errors are application/problem+json with a code and a fix. Names of two words may also be written in snake_case.",
    },
    security: [{ token: [] }, {}],
    paths,
    components: {
      schemas,
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
    },
  };
}

function operationOf(route: Route, schemas: Json, problem: Json): Json {
  const { id, group, summary, body, bodyType = "application/json", answers } = route;
  const parameters = [
    ...parametersOf(route.params, "path", schemas),
    ...parametersOf(route.query, "query", schemas),
  ];
  const entries = Object.entries(answers).map(([status, answer]) => [
    status,
    answerOf(answer, schemas),
  ]);
  return {
    operationId: id,
    tags: [group],
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: !body.safeParse({}).success,
            content: { [bodyType]: { schema: schemaOf(body, "input", schemas) } },
          },
        }),
    responses: {
      ...Object.fromEntries(entries),
      "4XX": { description: "Refused: what is wrong, and what to do.", content: problem },
      "5XX": { description: "Failed: what happened, and what to do.", content: problem },
    },
  };
}

function answerOf({ description, schema, type = "application/json" }: Answer, schemas: Json): Json {
  if (schema === undefined) return { description };
  return { description, content: { [type]: { schema: schemaOf(schema, "output", schemas) } } };
}

function parametersOf(
  schema: z.ZodType | undefined,
  place: "path" | "query",
  schemas: Json,
): readonly Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, "input", schemas) as {
    properties?: Record<string, Json>;
    required?: readonly string[];
  }; // the schemas of parameters are objects
  return Object.entries(properties).map(([name, { description, ...inner }]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: inner,
  }));
}

/** JSON Schema 2020-12, which is what OpenAPI 3.1 has; what has a name of its own is put among the components. */
function schemaOf(schema: z.ZodType, io: "input" | "output", schemas: Json): Json {
  const {
    $schema: _,
    $defs = {},
    ...own
  } = z.toJSONSchema(schema, { io, unrepresentable: "any" }) as Json & {
    $defs?: Record<string, Json>;
  };
  // Answers may tell more in a later version.
  const open = (each: Json) => (io === "output" ? opened(referring(each)) : referring(each));
  for (const [name, each] of Object.entries($defs)) schemas[name] ??= open(each);
  return open(own);
}

/** The same with references to the components. */
function referring(schema: Json): Json {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/');
  const { id: _, ...rest } = JSON.parse(text) as Json; // what was an object a line before
  return rest;
}

/** The same schema, which allows what it does not name. */
function opened(schema: Json): Json {
  const text = JSON.stringify(schema).replaceAll(/,?"additionalProperties":false/g, "");
  return JSON.parse(text.replaceAll("{,", "{")) as Json; // what was an object a line before
}
