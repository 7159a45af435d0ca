import { platform } from "../../../packages/aws/src/deploy.ts";
import { act } from "./actor.ts";

await act(platform);
