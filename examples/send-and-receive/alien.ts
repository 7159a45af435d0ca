import * as alien from "@alienplatform/core";

// Nothing but a queue: whoever is started in this folder finds it.
new alien.Queue("orders").build();
