import type { QueueBinding } from "@alienplatform/bindings";

/**
 * The queue that a queue's dead letters are forwarded to, as one of its own. It has sessions only where alien.ts
 * declares it, as a FIFO queue; dead letters that wait for a decision need no order.
 */
export function deadQueueOf(binding: QueueBinding): QueueBinding {
  const { fifo, ...options } = binding.options;
  const declared = options.deadLetters !== undefined && fifo !== undefined;
  return {
    ...binding,
    options: declared ? binding.options : options,
    address: { ...binding.address, queue: binding.address.deadQueue },
  };
}
