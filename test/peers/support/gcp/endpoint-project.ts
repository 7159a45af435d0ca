/** A stack whose messages go to a program that is not ours, and whose function has a secret and answers HTTP. */
export const endpointProject = (billing: string): Readonly<Record<string, string>> => ({
  "alien.ts": `import * as alien from "@alienplatform/core";

const invoices = new alien.Queue("invoices").maxAttempts(2).backoff({ initial: "100ms" }).build();
const billing = new alien.Endpoint("billing").url(${JSON.stringify(billing)}).trigger(invoices).build();
const web = new alien.Function("web").http().link(invoices).secret("TOKEN").build();

export default new alien.Stack("shop").add(invoices).add(billing).add(web).build();
`,
  "src/web.ts": `import { queue } from "@alienplatform/sdk";

export default {
  async fetch(request: Request): Promise<Response> {
    if (request.headers.get("authorization") !== \`Bearer \${process.env.TOKEN}\`) {
      return new Response(null, { status: 401 });
    }
    const invoices = await queue("invoices");
    const { id } = await invoices.send(await request.json());
    return Response.json({ id }, { status: 202 });
  },
};
`,
});
