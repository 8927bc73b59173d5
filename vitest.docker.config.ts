import { defineConfig } from 'vitest/config'

/** The contract suites of the real adapters: the engine, git, openssl. Two files at a time: they mostly wait for the engine. */
export default defineConfig({
  test: {
    // Every version of every database there is: with `--long`.
    exclude: process.env['VASTROX_LONG'] === '1' ? [] : ['**/addon-contract.docker.test.ts'],
    include: ['{shared,daemon,agent,dashboard}/{src,test}/**/*.docker.test.ts'],
    globalSetup: ['dashboard/test/built-once.ts', 'agent/test/engine-in-use.ts'],
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 300_000,
    // A second, which it is otherwise, is little on a busy machine.
    expect: { poll: { timeout: 15_000 } },
  },
})
