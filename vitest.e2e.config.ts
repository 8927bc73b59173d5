import { defineConfig } from 'vitest/config'

/** Use the product as anybody does: they kill nothing and time nothing, and so may run beside each other. */
const HARMLESS = [
  'stacks-php',
  'stacks-python',
  'stacks-node',
  'stacks-other',
  'app-config',
  'domains',
  'http2',
  'git-push',
  'volumes',
  'disk',
  'addons',
  'backups',
  'restores',
  'sandbox',
  'uptime',
  'large',
].map((name) => `e2e/specs/${name}.spec.ts`)

/** Makes what others find prepared; by itself before them, beside tests that need no engine. */
const FIRST = 'e2e/specs/first-of-each.spec.ts'

/** A server of its own wiped and brought back, the daemon away for five minutes, minutes of known load: with `--long`. */
const LONG_ONLY =
  process.env['VASTROX_LONG'] === '1'
    ? []
    : ['e2e/specs/{daemon-away,disaster,metrics-truth}.spec.ts']

/** From the outside: an installed Vastrox, real git, real Chromium. */
export default defineConfig({
  test: {
    testTimeout: 300_000,
    hookTimeout: 600_000,
    // A second, which it is otherwise, is little on a busy machine.
    expect: { poll: { timeout: 15_000 } },
    // Of the first of each kind: so many pushes of one address are taken at a time, and one is left.
    maxConcurrency: 3,
    projects: [
      {
        extends: true,
        test: {
          name: 'first',
          include: [FIRST],
          testTimeout: 600_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'together',
          include: HARMLESS,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        // They share a machine, and each wants it for itself.
        test: {
          name: 'alone',
          include: ['e2e/specs/**/*.spec.ts'],
          exclude: [FIRST, ...HARMLESS, ...LONG_ONLY],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
