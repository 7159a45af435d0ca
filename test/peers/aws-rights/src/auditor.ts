export default { fetch: () => new Response("audited") };
