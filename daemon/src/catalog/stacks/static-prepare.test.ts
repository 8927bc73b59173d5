import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { run } from '@vastrox/shared/node/run.ts'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { PREPARE_SITE } from './static-prepare.ts'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'vastrox-site-'))
  writeFileSync(join(home, 'prepare.mjs'), PREPARE_SITE)
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

function write(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true })
    writeFileSync(join(home, name), text)
  }
}

const prepare = (target: string, ...folders: string[]) =>
  run(
    '/usr/bin/env',
    [
      process.execPath,
      join(home, 'prepare.mjs'),
      join(home, 'app'),
      join(home, target),
      ...folders,
    ],
    { env: { SITE_CACHE: join(home, 'cache') }, timeoutMs: 60_000 },
  )

const listed = (target: string): string[] =>
  readdirSync(join(home, target), { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(home, target, name)).isFile())
    .toSorted()

const LONG = 'body { color: red }\n'.repeat(200)

it('copies what is to be served and nothing hidden, and compresses what gains by it', async () => {
  write({
    'app/dist/index.html': 'home',
    'app/dist/style.css': LONG,
    'app/dist/photo.jpg': LONG,
    'app/dist/.env': 'SECRET',
    'app/dist/.well-known/security.txt': 'x',
    'app/dist/_redirects': '/a /b',
    'app/dist/sub/.htaccess': 'x',
    'app/secret': 'x',
  })
  symlinkSync('../secret', join(home, 'app/dist/link'))
  symlinkSync('style.css', join(home, 'app/dist/alias.css'))

  const done = await prepare('site', 'build', 'dist')

  expect(done.stderr).toBe('')
  expect(listed('site')).toEqual([
    '.well-known/security.txt',
    'alias.css',
    'alias.css.br',
    'alias.css.gz',
    'index.html',
    'photo.jpg',
    'style.css',
    'style.css.br',
    'style.css.gz',
  ])
  expect(brotliDecompressSync(readFileSync(join(home, 'site/style.css.br'))).toString()).toBe(LONG)
  expect(gunzipSync(readFileSync(join(home, 'site/style.css.gz'))).toString()).toBe(LONG)
  expect(done.stdout.toString()).toContain(
    'left out: link is a link that leads nowhere in the site',
  )
})

it('gives a file the same time while its content is the same, and another one with another', async () => {
  write({ 'app/index.html': 'one', 'app/style.css': LONG })
  await prepare('first', '.')
  write({ 'app/index.html': 'two', 'app/style.css': LONG })
  const again = await prepare('second', '.')

  const time = (path: string): number => statSync(join(home, path)).mtimeMs
  expect(time('second/style.css')).toBe(time('first/style.css'))
  expect(time('second/style.css.br')).toBe(time('first/style.css'))
  expect(time('second/index.html')).not.toBe(time('first/index.html'))
  expect(again.stdout.toString()).toContain('1 compressed (1 of them before)')
})

it('says where the site is when it is not where it was looked for', async () => {
  write({ 'app/package.json': '{}', 'app/output/web/index.html': '', 'app/src/index.html': '' })

  const done = await prepare('site', 'dist', 'build')

  expect(done.exitCode).toBe(1)
  expect(done.stderr).toContain(
    'There is no index.html in dist, build. There is one in output/web: set outputDirectory to it if that is the site.',
  )
})
