import { expect, it } from 'vitest'
import { planOf } from '#test/stacks/source-tree.ts'
import { readServerCommand } from './php-command.ts'

const ESCAPE = '\u001b'
const LONG_MS = 2_000

const timed = <T>(work: () => T): [result: T, durationMs: number] => {
  const startedAt = performance.now()
  return [work(), performance.now() - startedAt]
}

it('reads a lockfile with 2,000 packages that each want something of PHP', () => {
  const packages = Array.from({ length: 2_000 }, (_, at) => ({
    name: `a/p${at}`,
    version: '1.0.0',
    require: { php: `>=7.${at % 5} || ~8.${at % 3}.0 || ${'^8.0 '.repeat(30)}`, 'ext-gd': '*' },
  }))

  const [plan, durationMs] = timed(() =>
    planOf({ 'composer.json': {}, 'composer.lock': { packages }, 'index.php': '' }),
  )

  expect(plan.images).toEqual([{ stack: 'php', version: '8.4' }])
  expect(durationMs).toBeLessThan(LONG_MS)
})

it.each([
  ['one long line', `RewriteRule ${'('.repeat(900_000)}`],
  ['many lines', 'RewriteRule ^(.*)$ index.php?url=$1 [QSA]\n'.repeat(20_000)],
  ['many sections', '<Files "x">\nDeny from all\n'.repeat(30_000)],
])('reads an .htaccess of 900,000 characters in no time: %s', (_what, text) => {
  const [, durationMs] = timed(() =>
    planOf({ 'index.php': '', '.htaccess': text, 'a/.htaccess': text }),
  )

  expect(durationMs).toBeLessThan(LONG_MS)
})

it('looks through 20,000 paths and a long command in no time', () => {
  const paths = Array.from({ length: 20_000 }, (_, at) => [`f${at % 100}/d${at}/index.php`, ''])
  const command = `heroku-php-nginx ${'-C a '.repeat(1_600)}`

  const [, durationMs] = timed(() => planOf({ ...Object.fromEntries(paths), 'index.php': '' }))
  const [wish, commandMs] = timed(() => readServerCommand(command))

  expect(durationMs).toBeLessThan(LONG_MS)
  expect(commandMs).toBeLessThan(LONG_MS)
  expect(wish?.nginxFile).toBe('a')
})

it('hides a folder whatever its name, byte by byte, and never ends the expression with it', () => {
  const folder = 'a"b;}\n$uri é.c'
  const plan = planOf({
    'index.php': '',
    [`${folder}/.htaccess`]: 'Deny from all',
    [`${folder}/x.txt`]: '',
  })

  expect(plan.files?.['.vastrox/nginx.conf']).toContain(
    'location ~ "^/a\\x22b\\x3B\\x7D\\x0A\\x24uri\\x20\\xC3\\xA9\\.c/" {',
  )
})

it('shows nothing of a source that steers a terminal (rule C15)', () => {
  const plan = planOf({
    'composer.json': {
      require: { php: `^8.1${ESCAPE}[2J`, 'slim/slim': '*' },
      config: { 'vendor-dir': `x${ESCAPE}[2J` },
      scripts: { 'post-install-cmd': '' },
    },
    [`a${ESCAPE}/.htaccess`]: 'Deny from all',
    'index.php': '',
    Procfile: `web: heroku-php-apache2 -C \u009b2J\u202e\n`,
  })

  const shown = [...plan.summary, ...(plan.alternatives ?? [])].join('')
  expect(shown).toContain('Apache')
  expect(shown).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u)
})
