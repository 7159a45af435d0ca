import * as alien from "@alienplatform/core";

// Nothing but a queue: whoever speaks HTTP sends to it and takes from it.
new alien.Queue("orders").results("1h").build();
