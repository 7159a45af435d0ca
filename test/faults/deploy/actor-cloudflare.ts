import { platform } from "../../../packages/cloudflare/src/deploy.ts";
import { act } from "./actor.ts";

await act(platform);
