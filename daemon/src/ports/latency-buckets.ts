/** Upper bounds in milliseconds; the last bucket is open. Apart from the schemas: the proxy loads no zod. */
export const LATENCY_BUCKETS_MS: readonly number[] = [
  1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000,
]
