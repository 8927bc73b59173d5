import { defineConfig } from 'vitest/config'

/** From the outside: an installed Vastrox, real git, real Chromium. One file at a time: they share a machine. */
export default defineConfig({
  test: {
    include: ['e2e/specs/**/*.spec.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
})
