import { onQueueMessage, queue } from "@alienplatform/sdk";

interface Signup {
  readonly name: string;
}

// The visitor gets an answer at once; the slow part happens here, later, as often as it takes.
onQueueMessage<Signup>("signups", (message) => {
  console.log(`welcomed ${message.payload.name}`);
});

export default {
  async fetch(request: Request): Promise<Response> {
    const name = new URL(request.url).searchParams.get("name");
    if (request.method !== "POST" || name === null) {
      return new Response("POST /?name=... signs up\n", { status: 400 });
    }
    const signups = await queue<Signup>("signups");
    const { id } = await signups.send("signups", { name });
    return Response.json({ id }, { status: 202 });
  },
};
