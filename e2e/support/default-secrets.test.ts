import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const SHIPPED = ['daemon/src', 'agent/src', 'shared/src', 'dashboard/src', 'examples']
const FILE = /\.(?:tsx?|mjs|js|json|sh|ya?ml|env|py|php|rb|go|java|cs)$/

const files = SHIPPED.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => FILE.test(path) && !/\.test\.tsx?$|node_modules|\/vendor\//.test(path))
    .map((path) => `${folder}/${path}`),
).concat('install.sh')

/** Rule C10: what a secret would look like that everybody knows. */
const SHAPES: readonly [what: string, pattern: RegExp][] = [
  ['a private key', /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*\n\s*[A-Za-z0-9+/=]{16}/],
  ['a token of ours', /\bvxt?_(?:api|deploy)_[A-Za-z0-9]{20}/],
  ['a token of others', /\b(?:ghp_|github_pat_|glpat-|xox[abp]-|AKIA|sk_live_)[A-Za-z0-9_-]{12}/],
  [
    'a secret with a value where the operator gave none',
    /(?:SECRET|PASSWORD|TOKEN|API_?KEY|PRIVATE_?KEY)['"]?\]?\s*(?:\?\?|\|\|)\s*['"`][^'"`\s<$]{3}/i,
  ],
  [
    'a secret that is written out',
    /(?:secret|password|passphrase|master_?key|signing_?key|jwt_?key)\s*[:=]\s*['"`](?![$<{/\s])[A-Za-z0-9+/_=-]{12,}['"`]/i,
  ],
]

it.each(SHAPES)('nothing that is shipped has %s (rule C10)', (_what, pattern) => {
  const found = files.flatMap((path) => {
    const match = pattern.exec(readFileSync(join(ROOT, path), 'utf8'))
    return match ? [`${path}: ${match[0].slice(0, 80)}`] : []
  })

  expect(found).toEqual([])
})

it('there is no user, password or key before somebody has made one', () => {
  const migrations = readdirSync(join(ROOT, 'daemon/src/store/migrations'))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(ROOT, 'daemon/src/store/migrations', name), 'utf8'))

  expect(migrations.join('\n')).not.toMatch(
    /INSERT INTO (?:users|tokens|ssh_keys|sessions)\b[^;]*VALUES/i,
  )
})
