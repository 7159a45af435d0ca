import { platform } from "../../../packages/azure/src/deploy.ts";
import { act } from "./actor.ts";

await act(platform);
