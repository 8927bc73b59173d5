import { defineConfig } from 'vitest/config'

/** The contract suites of the real adapters: the engine, git, openssl. One file at a time: they share an engine. */
export default defineConfig({
  test: {
    include: ['{shared,daemon,agent,dashboard}/{src,test}/**/*.docker.test.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
})
