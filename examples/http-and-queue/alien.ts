import * as alien from "@alienplatform/core";

const signups = new alien.Queue("signups").build();
const web = new alien.Function("web").http().trigger(signups).link(signups, "send").build();

export default new alien.Stack("http-and-queue").add(signups).add(web).build();
