export { type Collected, collect } from "./collector.ts";
