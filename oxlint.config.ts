import { defineConfig } from 'oxlint'

/** Who may import whom inside the daemon. main.ts and compose.ts stand outside and may import all. */
const MAY_IMPORT: Record<string, string[]> = {
  http: ['http', 'core', 'lib'],
  ssh: ['ssh', 'core', 'commands', 'lib'],
  ftp: ['ftp', 'core', 'lib'],
  jobs: ['jobs', 'core', 'lib'],
  commands: ['commands', 'core', 'lib'],
  core: ['core', 'store', 'ports', 'lib'],
  store: ['store', 'lib'],
  ports: ['ports', 'lib'],
  adapters: ['adapters', 'ports', 'lib'],
  catalog: ['catalog', 'ports', 'lib'],
  proxy: ['proxy', 'ports', 'lib'],
  lib: ['lib'],
}

/** npm packages and node modules a layer may import besides @vastrox/shared; `node:` as a whole where named. */
const MAY_USE: Record<string, string[]> = {
  http: ['node:', 'fastify', '@fastify/', 'fastify-type-provider-zod', 'zod'],
  ssh: ['node:', 'ssh2', 'zod'],
  ftp: ['node:', 'zod'],
  jobs: ['node:', 'croner'],
  commands: ['node:', 'zod'],
  core: ['node:events', 'node:stream', 'node:crypto', 'node:path', 'zod'],
  store: ['node:', 'better-sqlite3', 'zod'],
  ports: ['node:stream', 'zod'],
  adapters: [
    'node:',
    'zod',
    '@node-rs/argon2',
    'simple-git',
    'ssh2',
    'ssh2-sftp-client',
    'tar-stream',
    'tldts',
    'undici',
    'acme-client',
    '@simplewebauthn/',
    'openid-client',
    'nodemailer',
    'yaml',
  ],
  catalog: ['node:module', 'node:path', 'zod', 'semver', 'smol-toml', 'yaml'],
  proxy: ['node:', 'zod', 'undici'],
  lib: ['node:'],
}

/** What any layer could be tempted to import; everything a layer is not allowed is forbidden by name. */
const TEMPTATIONS = [
  'fastify',
  '@fastify/**',
  'fastify-type-provider-zod',
  'better-sqlite3',
  'dockerode',
  'simple-git',
  'acme-client',
  'undici',
  'semver',
  'smol-toml',
  'yaml',
  'ssh2',
  'croner',
  'tar-stream',
  'tldts',
  '@node-rs/argon2',
  '@simplewebauthn/**',
  'openid-client',
  'nodemailer',
  'ws',
  'node:child_process',
  'node:fs',
  'node:fs/promises',
  'node:http',
  'node:https',
  'node:http2',
  'node:net',
  'node:tls',
  'node:dgram',
]

const LAYERS = Object.keys(MAY_IMPORT)
const may = (layer: string, name: string): boolean =>
  (MAY_USE[layer] ?? []).some(
    (allowed) => name === allowed || (/[:/]$/.test(allowed) && name.startsWith(allowed)),
  )

const layerRule = ([layer, allowed]: [string, string[]]) => ({
  files: [`daemon/src/${layer}/**`],
  excludeFiles: ['**/*.test.ts'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          { group: ['../**'], message: 'Import across folders by #layer.' },
          {
            group: LAYERS.filter((other) => !allowed.includes(other)).map(
              (other) => `#${other}/**`,
            ),
            message: `${layer} may import only: ${allowed.join(', ')}.`,
          },
          {
            group: TEMPTATIONS.filter((name) => !may(layer, name)),
            message: `${layer} may use only: ${(MAY_USE[layer] ?? []).join(', ')}.`,
          },
          ...(['adapters', 'http', 'jobs', 'store', 'commands', 'ssh'].includes(layer)
            ? []
            : [
                {
                  group: ['@vastrox/shared/node/**'],
                  message: `${layer} has no hands of its own: use a port.`,
                },
              ]
          ).filter(() => !['proxy', 'core'].includes(layer)),
        ],
      },
    ],
  },
})

const restricted = (files: string[], group: string[], message: string) => ({
  files,
  excludeFiles: ['**/*.test.ts', '**/*.test.tsx'],
  rules: { 'no-restricted-imports': ['error', { patterns: [{ group, message }] }] },
})

export default defineConfig({
  ignorePatterns: [
    '**/node_modules/**',
    '**/dist/**',
    'examples/**',
    'e2e/apps/**',
    'e2e/lint-fixture/**',
  ],
  plugins: ['typescript', 'import', 'unicorn', 'react', 'jsx-a11y', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error' },
  rules: {
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'import/no-default-export': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
    'typescript/switch-exhaustiveness-check': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'unicorn/filename-case': ['error', { case: 'kebabCase' }],
    'react/react-in-jsx-scope': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'vitest/valid-expect': ['error', { maxArgs: 2 }],
    'no-await-in-loop': 'off',
    'no-underscore-dangle': 'off',
    'no-shadow': 'off',
  },
  overrides: [
    ...Object.entries(MAY_IMPORT).map(layerRule),
    restricted(
      ['shared/src/*.ts', 'dashboard/src/**'],
      ['node:*', '@vastrox/shared/node/**'],
      'shared nouns and the dashboard run in a browser too.',
    ),
    restricted(['dashboard/src/ui/**'], ['#features/**'], 'ui knows no feature.'),
    { files: ['**/*.config.ts'], rules: { 'import/no-default-export': 'off' } },
    // A spec says what it expects by what it waits for in the browser, too.
    { files: ['e2e/specs/**'], rules: { 'vitest/expect-expect': 'off' } },
  ],
})
