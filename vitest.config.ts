import { defineConfig } from 'vitest/config'

/** The plain tier: seconds, nothing needed but the workspace. */
export default defineConfig({
  test: {
    include: [
      '{shared,daemon,agent,dashboard}/{src,test}/**/*.test.ts',
      'e2e/support/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/*.docker.test.ts'],
    testTimeout: 20_000,
    // A worker's start and imports cost more than most files; no test leaves anything in a module.
    isolate: false,
  },
})
