import { render } from "preact";
import { App } from "./app.tsx";
import { connect } from "./data/events.ts";
import { loadClock } from "./data/now.ts";
import { loadOperations, loadQueues } from "./data/queues.ts";
import "./styles/index.css";

const root = document.getElementById("app");
if (root !== null) render(<App />, root);

void loadQueues();
void loadOperations();
void loadClock();
connect();
