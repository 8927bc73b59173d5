import { defineConfig } from 'vitest/config'

/** Long proofs of the proxy, of raw ports and of databases of every version, for `test.sh --long`: real servers, hostile clients, an hour of load. */
export default defineConfig({
  test: {
    include: ['{daemon,agent}/test/**/*.soak.ts'],
    maxWorkers: 1,
    testTimeout: 180_000,
    hookTimeout: 120_000,
    // A second, which it is otherwise, is little on a busy machine.
    expect: { poll: { timeout: 15_000 } },
  },
})
