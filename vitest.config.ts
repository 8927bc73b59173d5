import { defineConfig } from 'vitest/config'

/**
 * A minute of restic reading repositories again, byte for byte: with `--long`. One flipped byte is looked
 * for by e2e/specs/backups.spec.ts each time.
 */
const LONG_ONLY =
  process.env['VASTROX_LONG'] === '1' ? [] : ['agent/src/backups/{check,platform-content}.test.ts']

/** The plain tier: seconds, nothing needed but the workspace. */
export default defineConfig({
  test: {
    include: [
      '{shared,daemon,agent,dashboard}/{src,test}/**/*.test.ts',
      'e2e/support/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/*.docker.test.ts', ...LONG_ONLY],
    testTimeout: 40_000,
    // A second, which it is otherwise, is little on a busy machine.
    expect: { poll: { timeout: 15_000 } },
    // A worker's start and imports cost more than most files; no test leaves anything in a module.
    isolate: false,
  },
})
