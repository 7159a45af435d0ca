import * as alien from "@alienplatform/core";

const tasks = new alien.Queue("tasks").build();

// The code of a function is src/<id>.ts, here src/worker.ts.
const worker = new alien.Function("worker").trigger(tasks).build();

export default new alien.Stack("{{name}}").add(tasks).add(worker).build();
