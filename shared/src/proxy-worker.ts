/**
 * The flags of Node that a proxy worker runs with, wherever it is started. A small young generation
 * keeps what an idle worker holds small. One helper thread of V8 instead of four: they collect and compile
 * for slices of 4 ms at a time, and on two cores four of them leave nothing to who serves (record 279).
 */
export const PROXY_WORKER_FLAGS = [
  '--max-semi-space-size=2',
  '--max-old-space-size=256',
  '--v8-pool-size=1',
] as const
