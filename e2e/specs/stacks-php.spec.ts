import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { destroyApp, untilSettled } from '#support/apps.ts'
import { debianPhp } from '#support/debian-php.ts'
import { containersOf, docker } from '#support/engine.ts'
import { type Answer, connectInstallation, until } from '#support/installation.ts'
import { createWorkingCopy, type PushResult, type WorkingCopy } from '#support/working-copy.ts'

const ROOT = join(import.meta.dirname, '../..')
const PLANS = join(ROOT, 'daemon/src/catalog/stacks/plans/php')

const vastrox = connectInstallation()
const debian = debianPhp('8.4')
const copies = new Map<string, WorkingCopy>()
let made: Promise<[artifacts: string, wordpress: string]>
const app = (name: string): string => `php-${name}`

afterAll(async () => {
  for (const [name, copy] of copies) {
    await destroyApp(vastrox, app(name))
    copy.remove()
  }
  debian.remove()
})

async function newCopy(name: string): Promise<WorkingCopy> {
  const copy = createWorkingCopy(vastrox.remote(app(name)))
  copies.set(name, copy)
  await copy.init()
  return copy
}

async function push(copy: WorkingCopy, message: string): Promise<PushResult> {
  await copy.commit(message)
  const pushed = await copy.push('--force', 'main')
  if (pushed.exitCode !== 0) throw new Error(pushed.output)
  return pushed
}

const visit = (name: string, path = '/', headers: Record<string, string> = {}): Promise<Answer> =>
  vastrox.visit(app(name), path, headers)

describe('plain PHP', () => {
  const FORM = 'form-boundary-9f2c'
  let copy: WorkingCopy
  let pushed: PushResult
  beforeAll(async () => {
    copy = await newCopy('plain')
    copy.copyFrom(join(ROOT, 'examples/php-plain'))
    copy.write({
      'public/probe.php': `<?php
header('Content-Type: application/json');
echo json_encode([
    'address' => $_SERVER['REMOTE_ADDR'],
    'https' => $_SERVER['HTTPS'] ?? 'off',
    'path' => $_SERVER['PATH_INFO'] ?? '',
    'proxy' => getenv('HTTP_PROXY'),
    'env' => $_ENV['VASTROX_APP'] ?? '',
    'upload' => ini_get('upload_max_filesize'),
]);
sleep((int) ($_GET['sleep'] ?? 0));
`,
    })
    pushed = await push(copy, 'first')
    // The image that they are made in is there now; they take as long as a test.
    made = Promise.all([debian.artifacts(), debian.wordpress()])
    made.catch(() => {
      // Whoever waits for it says so.
    })
  })

  it('is detected, and the push says by what', () => {
    expect(pushed.output).toContain('PHP app detected (found public/index.php)')
    expect(pushed.output).toContain('plain PHP; document root public; PHP 8.4')
  })

  it('answers pages, health, and with a 404 of its own', async () => {
    const page = await visit('plain')

    expect(page.status).toBe(200)
    expect(page.body).toContain('php-plain is running')
    expect((await visit('plain', '/health')).body).toBe('{"status":"ok"}')
    const missing = await visit('plain', '/nothing/here')
    expect([missing.status, missing.body.includes('There is nothing here.')]).toEqual([404, true])
  })

  it('knows the visitor by what the proxy says, and nothing else of the head', async () => {
    const facts = JSON.parse((await visit('plain', '/probe.php/more', { proxy: 'evil:80' })).body)

    expect(facts).toEqual({
      address: '127.0.0.1',
      https: 'off',
      path: '/more',
      proxy: false,
      env: 'php-plain',
      upload: String(64 * 2 ** 20),
    })
  })

  it('serves files with the time that they may be kept, packed, and hides what is no page', async () => {
    const style = await visit('plain', '/style.css?v=1', { 'accept-encoding': 'gzip' })

    expect(style.headers['cache-control']).toBe('public, max-age=31536000')
    expect(style.headers['content-encoding']).toBe('gzip')
    for (const path of ['/.git/config', '/.vastrox/php.ini', '/../src/app.php', '/index.php.bak'])
      expect((await visit('plain', path)).status, path).toBe(404)
  })

  it('takes an upload', async () => {
    const body = `--${FORM}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello\n\r\n--${FORM}--\r\n`
    const answer = await vastrox.ask('POST', `http://127.0.0.1:${vastrox.config.httpPort}/`, {
      headers: {
        host: vastrox.hostOf(app('plain')),
        'content-type': `multipart/form-data; boundary=${FORM}`,
      },
      body,
    })

    expect(answer.body).toContain(
      '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03',
    )
  })

  it('ends what is under way when a release takes its place', async () => {
    await vastrox.api('PATCH', `/apps/${app('plain')}`, { watchMs: 1_000, drainMs: 10_000 })
    const slow = visit('plain', '/probe.php?sleep=4')
    copy.write({ 'views/home.php': '<h1>Second release</h1>' })
    const second = await push(copy, 'second')

    expect((await visit('plain')).body).toContain('Second release')
    expect((await slow).status).toBe(200)
    expect(second.output).toContain('(cached)')
  })

  it('comes back when nginx or php-fpm dies', async () => {
    await untilSettled(vastrox, app('plain'))
    const [container = ''] = await containersOf(vastrox.config.instance, app('plain'))
    const startedAt = await docker('inspect', '-f', '{{.State.StartedAt}}', container)
    await docker('exec', container, 'sh', '-c', 'kill -9 $(cat /run/php-server/nginx.pid)').catch(
      () => {
        // The container ends with its server, and may take the exec with it.
      },
    )

    await until('the container to be started again', async () => {
      const now = await docker('inspect', '-f', '{{.State.Status}} {{.State.StartedAt}}', container)
      return now.startsWith('running') && !now.endsWith(startedAt)
    })
    await until('it to answer', async () => (await visit('plain')).status === 200)
  })
})

describe('the configuration of nginx of every plan', () => {
  it('is one that nginx takes', async () => {
    const configurations = readdirSync(PLANS).flatMap((file) => {
      const [, text] = readFileSync(join(PLANS, file), 'utf8').split('--- .vastrox/nginx.conf\n')
      const [config] = text?.split('\n\n--- ') ?? []
      if (config === undefined) return []
      return [
        config
          .replace('@PORT@', '3000')
          .replace('@WORKERS@', '1')
          .replace('@KEPT@', 'keepalive 2; keepalive_timeout 10s;'),
      ]
    })
    expect(configurations.length).toBeGreaterThan(30)
    await debian.checkNginx(configurations, ['/srv/app/nginx_app.conf'])
  })
})

describe('packages by Composer, from Debian in place of Packagist', () => {
  let artifacts: string
  beforeAll(async () => {
    ;[artifacts] = await made
  })

  it('installs them, and not again for a change of code alone', async () => {
    const copy = await newCopy('composer')
    copy.copyFrom(join(ROOT, 'examples/php-composer'))
    const manifest = JSON.parse(readFileSync(join(copy.path, 'composer.json'), 'utf8'))
    delete manifest['require-dev']
    copy.write({
      'composer.json': JSON.stringify({
        ...manifest,
        repositories: [{ type: 'artifact', url: 'artifacts' }, { 'packagist.org': false }],
      }),
    })
    copy.addFolder(artifacts, 'artifacts')
    await debian.lock(copy.path)

    const first = await push(copy, 'first')

    expect(first.output).toContain('Installing symfony/routing')
    expect(first.output).toContain('composer install --no-dev (composer.lock)')
    expect((await visit('composer')).body).toContain('php-composer is running')
    const greeting = await visit('composer', '/hello/%3Cb%3EAnn')
    expect(greeting.body).toContain('Hello, &lt;b&gt;Ann')
    expect((await visit('composer', '/vendor/autoload.php')).status).toBe(404)

    copy.write({ 'templates/greeting.html.twig': 'Good evening, {{ name }}' })
    const second = await push(copy, 'second')

    expect(second.output).not.toContain('Installing')
    expect((await visit('composer', '/hello/Ann')).body).toBe('Good evening, Ann')
  })

  it('runs a whole app of Symfony: cache warmed, env dumped, extension added', async () => {
    const copy = await newCopy('symfony')
    copy.copyFrom(join(ROOT, 'e2e/apps/symfony'))
    copy.addFolder(artifacts, 'artifacts')
    await debian.lock(copy.path)

    const pushed = await push(copy, 'first')

    expect(pushed.output).toContain('found bin/console: Symfony; document root public')
    expect(pushed.output).toContain('extensions: intl')
    expect((await visit('symfony')).body).toContain('Good morning, 127.0.0.1.')
    expect(JSON.parse((await visit('symfony', '/facts')).body)).toEqual({
      environment: 'prod',
      debug: false,
      greeting: 'Good morning',
      secure: false,
      warmed: true,
      dumpedEnv: true,
    })
    expect((await visit('symfony', '/none')).status).toBe(404)
  })
})

describe('assets', () => {
  it('are built by Node.js, which is not in the image, and kept by browsers for good', async () => {
    const copy = await newCopy('assets')
    copy.write({
      'package.json': JSON.stringify({
        private: true,
        scripts: {
          build:
            'esbuild assets/app.js --minify --outdir=public/build/assets --entry-names=[name]-[hash]',
        },
        devDependencies: { esbuild: '^0.25.0' },
      }),
      'assets/app.js': 'document.title = `built ${1 + 1}`\n',
      'composer.json': JSON.stringify({ autoload: { 'psr-4': { 'App\\': 'src/' } } }),
      'src/Assets.php':
        '<?php\nnamespace App;\nfinal class Assets { public static function script(string $root): string { return basename(glob("$root/build/assets/app-*.js")[0]); } }\n',
      'public/index.php':
        '<?php require dirname(__DIR__) . "/vendor/autoload.php"; echo "/build/assets/", App\\Assets::script(__DIR__);\n',
    })

    await push(copy, 'first')
    const script = await visit('assets', (await visit('assets')).body)

    expect(script.body).toContain('built')
    expect(script.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    const [container = ''] = await containersOf(vastrox.config.instance, app('assets'))
    await expect(docker('exec', container, 'which', 'node')).rejects.toThrow('which node')
  })
})

describe("Debian's WordPress", () => {
  it('shows its installer, keeps its permalinks, and hides what is no page', async () => {
    const copy = await newCopy('wordpress')
    const [, wordpress] = await made
    copy.addFolder(wordpress, '.')

    const pushed = await push(copy, 'first')

    expect(pushed.output).toContain('found wp-load.php: WordPress; document root .')
    const setup = await visit('wordpress', '/wp-admin/setup-config.php?step=1')
    expect(setup.status).toBe(200)
    expect(setup.body).toContain('Database Name')
    // Every path that is no file is WordPress's own to answer, which sends to its installer.
    expect((await visit('wordpress', '/2026/11/hello-world/')).headers['location']).toContain(
      '/wp-admin/setup-config.php',
    )
    expect((await visit('wordpress', '/wp-admin')).headers['location']).toMatch(/\/wp-admin\/$/)
    for (const path of [
      '/wp-config-sample.php',
      '/wp-includes/version.php',
      '/wp-content/uploads/shell.php',
      '/wp-content/plugins/akismet/akismet.php',
    ])
      expect((await visit('wordpress', path)).status, path).toBe(404)
    expect((await visit('wordpress', '/wp-includes/js/jquery/jquery.min.js')).status).toBe(200)
  })
})
