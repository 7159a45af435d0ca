export { type ServeApiOptions, type ServedApi, serveApi } from "./node/serve-api.ts";
