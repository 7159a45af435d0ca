import * as alien from "@alienplatform/core";

new alien.Queue("orders").build();
