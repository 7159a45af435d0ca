import { platform } from "../../../packages/gcp/src/deploy.ts";
import { act } from "./actor.ts";

await act(platform);
