import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdir, symlink, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { run } from '@vastrox/shared/node/run.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fail, succeed } from '#test/fakes/deployments.ts'
import { type Checkout, createCheckout } from '#test/git/git-client.ts'
import { type GitServer, startGitServer } from '#test/git/git-server.ts'

const SERVER = { 'server.js': "require('node:http')\n" }

let server: GitServer
let client: Checkout
let count = 0
let app = ''

beforeAll(async () => {
  server = await startGitServer({ maxPushBytes: 4 * 2 ** 20 })
})
afterAll(() => server.close())

beforeEach(async () => {
  count += 1
  app = `app${count}`
  server.deployments.fake.script = succeed
  server.deployments.fake.requested.length = 0
  server.errors.length = 0
  server.denied.length = 0
  client = await newCheckout()
  await client.init()
})

const newCheckout = (): Promise<Checkout> =>
  createCheckout(join(server.dir, `client-${app}-${Math.random()}`), server.caFile)
const repository = (name = app): string => `app0000${name}`
const branch = (name = 'main'): Promise<string | undefined> =>
  server.sourceControl.readRef(repository(), `refs/heads/${name}`)
const url = (token = 'owner-token', name = app): string => server.url(name, token)
const push = (...args: string[]) => client.git('push', ...args)
const requested = () => server.deployments.fake.requested

describe('git push over HTTPS', () => {
  it('creates the app, shows the deployment as it goes, and moves the branch at the switch', async () => {
    const sha = await client.commit(SERVER, 'first words')

    const { exitCode, text } = await push(url(), 'main')

    expect(text).toContain(`remote: -----> Created the app ${app}`)
    expect(text).toContain(`remote: -----> Received main ${sha.slice(0, 7)} (first words)`)
    expect(text).toContain('remote: -----> Node.js app detected (package.json)')
    expect(text).toContain('remote:        added 65 packages')
    expect(text).toMatch(
      /remote: =====> Application deployed as v1: *\nremote: {8}http:\/\/app1\.l/,
    )
    expect(text).toContain('* [new branch]      main -> main')
    expect(exitCode).toBe(0)
    expect(await branch()).toBe(sha)
    expect(await server.sourceArchive.has(requested()[0]?.sourceId ?? '')).toBe(true)
    expect(await server.sourceControl.listRefs(repository(), 'refs/vastrox/')).toEqual([])
    expect(server.errors).toEqual([])
  })

  it('fails with the reason of the deployment, and leaves the branch where it was', async () => {
    const first = await client.commit(SERVER)
    await push(url(), 'main')
    await client.commit({ 'server.js': 'broken' })
    server.deployments.fake.script = fail(
      'health check: nothing listens on port 3000',
      'Listen on PORT.',
    )

    const { exitCode, text } = await push(url(), 'main')

    expect(exitCode).toBe(1)
    expect(text).toContain(
      '! [remote rejected] main -> main (deployment failed: health check: nothing listens on port 3000)',
    )
    expect(text).toContain('remote:  !     Listen on PORT.')
    expect(text).not.toContain('Application deployed')
    expect(await branch()).toBe(first)
    expect(await server.sourceControl.listRefs(repository(), 'refs/vastrox/')).toEqual([])
  })

  it('shows each line when it happens, not at the end', async () => {
    await client.commit(SERVER)
    let sawFirst = 0
    server.deployments.fake.script = async (deployment, log) => {
      log('step', '-----> Building')
      await sleep(1_500)
      return succeed(deployment, log)
    }
    const { promise, resolve } = Promise.withResolvers<number>()
    const startedAt = Date.now()

    const child = streamed(['push', url(), 'main'], (text) => {
      if (sawFirst === 0 && text.includes('-----> Building')) sawFirst = Date.now() - startedAt
    })
    child.then(() => resolve(Date.now() - startedAt), resolve)

    expect(await promise).toBeGreaterThan(sawFirst + 1_000)
    expect(sawFirst).toBeGreaterThan(0)
  })

  it('takes a forced push, and a push that only adds', async () => {
    const first = await client.commit(SERVER)
    await push(url(), 'main')
    const second = await client.commit({ 'a.txt': 'a' })
    expect((await push(url(), 'main')).exitCode).toBe(0)
    await client.ok('reset', '--quiet', '--hard', first)
    const other = await client.commit({ 'b.txt': 'b' })

    expect((await push(url(), 'main')).text).toContain('[rejected]')
    const { exitCode, text } = await push('--force', url(), 'main')

    expect(exitCode).toBe(0)
    expect(text).toContain('(forced update)')
    expect(await branch()).toBe(other)
    expect(requested().map(({ oldSha }) => oldSha)).toEqual([undefined, first, second])
  })

  it('lets one of two pushes at the same time win, and the branch says which', async () => {
    const base = await client.commit(SERVER)
    await push(url(), 'main')
    const other = await newCheckout()
    await other.ok('clone', '--quiet', url(), '.')
    const mine = await client.commit({ 'mine.txt': 'x' })
    const theirs = await other.commit({ 'theirs.txt': 'x' })
    server.deployments.fake.script = async (deployment, log) => {
      await sleep(300)
      return succeed(deployment, log)
    }

    const results = await Promise.all([push(url(), 'main'), other.git('push', url(), 'main')])

    const winners = results.filter(({ exitCode }) => exitCode === 0)
    const losers = results.filter(({ exitCode }) => exitCode !== 0)
    expect(winners).toHaveLength(1)
    expect(losers).toHaveLength(1)
    expect(losers[0]?.text).toContain('(deployment failed: a newer push won)')
    expect(await branch()).toBe(results[0]?.exitCode === 0 ? mine : theirs)
    expect(requested().map(({ oldSha }) => oldSha)).toEqual([undefined, base, base])
  })

  it('deploys another branch as main when it is pushed there', async () => {
    await client.ok('switch', '--quiet', '--create', 'feature')
    const sha = await client.commit(SERVER)

    const { exitCode } = await push(url(), 'feature:main')

    expect(exitCode).toBe(0)
    expect(await branch()).toBe(sha)
    expect(await branch('feature')).toBeUndefined()
  })

  it('stores other branches and tags, says so, and deploys nothing', async () => {
    await client.ok('switch', '--quiet', '--create', 'feature')
    const sha = await client.commit(SERVER)
    await client.ok('tag', 'v1.0')
    await client.ok('tag', '-a', 'v1.1', '-m', 'annotated')

    const { exitCode, text } = await push(url(), 'feature', 'v1.0', 'v1.1')

    expect(exitCode).toBe(0)
    expect(text).toContain('-----> feature is stored; only main or master is deployed.')
    expect(text).toContain('git push <remote> feature:main')
    expect(await branch('feature')).toBe(sha)
    expect(await server.sourceControl.readRef(repository(), 'refs/tags/v1.0')).toBe(sha)
    expect(requested()).toEqual([])
    expect((await push(url(), ':feature', ':v1.0')).exitCode).toBe(0)
    expect(await branch('feature')).toBeUndefined()
  })

  it('does not delete the branch that is deployed', async () => {
    const sha = await client.commit(SERVER)
    await push(url(), 'main')

    const { exitCode, text } = await push(url(), ':main')

    expect(exitCode).toBe(1)
    expect(text).toContain('(main is what is deployed and cannot be deleted)')
    expect(await branch()).toBe(sha)
  })

  it.each(['refs/heads/--upload-pack=x', 'refs/tags/--exec=x', 'refs/for/main'])(
    'refuses the ref %s in words (rule C2)',
    async (ref) => {
      await client.commit(SERVER)

      const { exitCode, text } = await push(url(), `HEAD:${ref}`)

      expect(exitCode).toBe(1)
      expect(text).toMatch(
        /\[remote rejected\].*(does not begin with a hyphen|only branches and tags)/,
      )
      expect(await server.sourceControl.listRefs(repository(), 'refs/')).toEqual([])
    },
  )

  it('refuses the platform’s own refs', async () => {
    await client.commit(SERVER)

    const { exitCode } = await push(url(), 'HEAD:refs/vastrox/deployments/x')

    expect(exitCode).toBe(1)
    expect(await server.sourceControl.listRefs(repository(), 'refs/')).toEqual([])
  })

  it('refuses a symlink that leads out of the tree, and keeps nothing of the source', async () => {
    const before = await server.sourceArchive.list()
    await client.commit(SERVER)
    await symlink('../../etc', join(client.dir, 'x'))
    await client.commit({})

    const { exitCode, text } = await push(url(), 'main')

    expect(exitCode).toBe(1)
    expect(text).toContain('(the symlink x points outside of the repository (../../etc))')
    expect(requested()).toEqual([])
    expect(await branch()).toBeUndefined()
    expect(await server.sourceArchive.list()).toEqual(before)
    expect(await server.sourceControl.listRefs(repository(), 'refs/')).toEqual([])
  })

  it('refuses a branch that is no commit', async () => {
    await client.commit(SERVER)
    await client.ok('tag', '-a', 'v1', '-m', 'a tag')

    const { exitCode } = await push(url(), 'v1:refs/heads/main')

    expect(exitCode).toBe(1)
    expect(requested()).toEqual([])
  })
})

describe('push options', () => {
  it('dry-run shows the plan, moves nothing, and succeeds', async () => {
    await client.commit({ ...SERVER, 'package.json': '{"scripts":{"start":"node server.js"}}' })

    const { exitCode, text } = await push('-o', 'dry-run', url(), 'main')

    expect(text).toContain('web: node server.js')
    expect(text).toContain('FROM @RUNTIME@')
    expect(text).toContain('Dry run: nothing was deployed, and no branch was moved.')
    expect(text).toContain('main -> refs/dry-run/heads/main')
    expect(exitCode).toBe(0)
    expect(requested()).toEqual([])
    expect(await server.sourceControl.listRefs(repository(), 'refs/')).toEqual([])
  })

  it('dry-run does not make the user’s git believe that it was pushed', async () => {
    await client.commit(SERVER)
    await client.ok('remote', 'add', 'vastrox', url())

    await push('-o', 'dry-run', 'vastrox', 'main')

    expect((await client.git('rev-parse', 'refs/remotes/vastrox/main')).exitCode).not.toBe(0)
  })

  it('dry-run fails where a deployment would', async () => {
    await client.commit({ 'requirements.txt': 'flask' })

    const { exitCode, text } = await push('-o', 'dry-run', url(), 'main')

    expect(exitCode).toBe(1)
    expect(text).toContain('No app of Flask, FastAPI, Django or the like was found')
  })

  it('no-cache and verbose are passed on', async () => {
    await client.commit(SERVER)

    const { text } = await push('-o', 'no-cache', '-o', 'verbose', url(), 'main')

    expect(requested()).toMatchObject([{ noCache: true }])
    expect(text).toMatch(/remote: +\d\.\d\d -----> Received main/)
  })

  it('a misspelt one deploys nothing', async () => {
    await client.commit(SERVER)

    const { exitCode, text } = await push('-o', 'dryrun', url(), 'main')

    expect(exitCode).toBe(1)
    expect(text).toContain('the push option "dryrun" is not known; there are dry-run, no-cache')
    expect(requested()).toEqual([])
  })
})

describe('who may', () => {
  it('is asked for a password, and told what is wrong with a token', async () => {
    await client.commit(SERVER)

    const without = await push(server.url(app), 'main')
    const wrong = await push(url('wrong-token'), 'main')

    expect(without.exitCode).toBe(128)
    expect(wrong.exitCode).toBe(128)
    expect(wrong.text).toContain('remote: That token is not valid.')
    expect(wrong.text).toContain('Authentication failed')
    expect(wrong.text).not.toContain('wrong-token@')
    expect(server.apps.apps.has(app)).toBe(false)
  })

  it('creates no app by asking what there is', async () => {
    const { exitCode, text } = await client.git('ls-remote', url())

    expect(exitCode).toBe(128)
    expect(text).toContain('fatal: remote error: There is no app with that name.')
    expect(server.apps.apps.has(app)).toBe(false)
  })

  it('creates no app by the question with which git begins a large push', async () => {
    const status = await post(`/git/${app}.git/git-receive-pack`, '0000')

    expect(status).toBe(200)
    expect(server.apps.apps.has(app)).toBe(false)
  })

  it('says so when a token is limited to other apps', async () => {
    await client.commit(SERVER)

    const { exitCode, text } = await push(url('hello-token'), 'main')

    expect(exitCode).toBe(128)
    expect(text).toContain(`There is no app ${app} that this token may push to`)
    expect(server.apps.apps.has(app)).toBe(false)
    expect(server.denied).toEqual([`app.create ${app}`])
  })

  it('says so when another team has the name, in the report that git prints', async () => {
    await client.commit(SERVER)
    await push(url('other-team-token'), 'main')

    const { exitCode, text } = await push(url(), 'main')

    expect(exitCode).toBe(1)
    expect(text).toContain('[remote rejected] main -> main (Another app already has that name)')
    expect(requested()).toHaveLength(1)
  })

  it.each(['git', 'Hello', 'x', 'hello-pr-3', 'a_b'])(
    'says why an app cannot be called %s',
    async (name) => {
      await client.commit(SERVER)

      const { exitCode, text } = await push(url('owner-token', name), 'main')

      expect(exitCode).toBe(128)
      expect(text).toContain(`fatal: remote error: An app cannot be called "${name}".`)
    },
  )
})

describe('what is too much, or cut short', () => {
  it('refuses a push that is too large, in words, and leaves nothing of it', async () => {
    await client.commit({ ...SERVER, 'small.txt': 'x' })
    await writeFile(join(client.dir, 'large.bin'), randomBytes(6 * 2 ** 20))
    await client.commit({})

    const { exitCode, text } = await push(url(), 'main')

    expect(exitCode).toBe(1)
    expect(text).toContain('pack exceeds maximum allowed size')
    expect(text).toContain('The push is too large. Keep build results')
    expect(requested()).toEqual([])
    expect(await objectsOf(app)).toEqual([])
  })

  it('takes a push in chunks, which git begins with a question', async () => {
    await writeFile(join(client.dir, 'medium.bin'), randomBytes(2 * 2 ** 20))
    const sha = await client.commit(SERVER)

    const { exitCode } = await push(url(), 'main')

    expect(exitCode).toBe(0)
    expect(await branch()).toBe(sha)
  })

  it('refuses a history that is cut off, and says how to mend it', async () => {
    const source = await newCheckout()
    await source.init()
    await source.commit(SERVER)
    await source.commit({ 'a.txt': 'a' })
    await client.ok('fetch', '--quiet', '--depth', '1', `file://${source.dir}`, 'main')
    await client.ok('reset', '--quiet', '--hard', 'FETCH_HEAD')

    const { exitCode, text } = await push(url(), 'main')

    expect(exitCode).toBe(1)
    expect(text).toContain('git fetch --unshallow')
    expect(requested()).toEqual([])
  })

  it('takes a push from a shallow clone of its own', async () => {
    await client.commit(SERVER)
    await client.commit({ 'a.txt': 'a' })
    await push(url(), 'main')
    const shallow = await newCheckout()
    await shallow.ok('clone', '--quiet', '--depth', '1', url(), '.')
    const sha = await shallow.commit({ 'b.txt': 'b' })

    const { exitCode } = await shallow.git('push', url(), 'main')

    expect(exitCode).toBe(0)
    expect(await branch()).toBe(sha)
  })

  it('goes on with a deployment whose client has gone', async () => {
    const sha = await client.commit(SERVER)
    const { promise: begun, resolve } = Promise.withResolvers<void>()
    server.deployments.fake.script = async (deployment, log) => {
      resolve()
      await sleep(1_000)
      return succeed(deployment, log)
    }
    const abort = new AbortController()

    const pushing = streamed(['push', url(), 'main'], () => {}, abort.signal)
    await begun
    abort.abort()
    await pushing.catch(() => {})

    await expect.poll(() => branch()).toBe(sha)
    await expect
      .poll(() => server.sourceControl.listRefs(repository(), 'refs/vastrox/'))
      .toEqual([])
  })

  it('ends git when the client goes away before everything is in', async () => {
    await client.commit(SERVER)
    await push(url(), 'main')
    const body = Buffer.concat([
      Buffer.from(
        `00a0${'0'.repeat(40)} ${'a'.repeat(40)} refs/heads/x\0 report-status side-band-64k agent=x`.padEnd(
          160,
          ' ',
        ),
      ),
      Buffer.from('0000PACK'),
    ])

    await post(`/git/${app}.git/git-receive-pack`, body, { cutOff: true })
    await sleep(500)

    await expect.poll(() => gitProcesses()).toEqual([])
    expect(await objectsOf(app)).toHaveLength(2)
  })

  it('refuses what is not the git protocol', async () => {
    expect(await post(`/git/${app}.git/git-receive-pack`, 'GET / HTTP/1.1')).toBe(400)
    expect(await post(`/git/${app}.git/git-receive-pack`, '0000', { type: 'text/plain' })).toBe(415)
    expect(server.apps.apps.has(app)).toBe(false)
  })
})

describe('git clone over HTTPS', () => {
  it('gives what was pushed, and never the platform’s own refs', async () => {
    const sha = await client.commit(SERVER)
    await push(url(), 'main')
    await server.sourceControl.moveRef(repository(), 'refs/vastrox/deployments/x', sha, undefined)
    const other = await newCheckout()

    await other.ok('clone', '--quiet', url(), '.')

    expect(await other.ok('rev-parse', 'HEAD')).toBe(sha)
    expect(await other.ok('ls-remote', url())).not.toContain('refs/vastrox')
    expect(await other.ok('-c', 'protocol.version=0', 'ls-remote', url())).not.toContain(
      'vastrox/d',
    )
  })

  it('checks out the branch that is deployed, where that is not main', async () => {
    await client.ok('switch', '--quiet', '--create', 'master')
    const sha = await client.commit(SERVER)
    await push(url(), 'master')
    const other = await newCheckout()

    await other.ok('clone', '--quiet', url(), '.')

    expect(await other.ok('rev-parse', 'HEAD')).toBe(sha)
  })

  it('zips its questions, and is understood', async () => {
    for (let at = 0; at < 60; at += 1) await client.commit({ 'a.txt': `${at}` })
    await push(url(), 'main')
    const other = await newCheckout()
    await other.init()
    for (let at = 0; at < 60; at += 1) await other.commit({ 'b.txt': `${at}` })

    await other.ok('fetch', '--quiet', url(), 'main')

    expect(await other.ok('rev-list', '--count', 'FETCH_HEAD')).toBe('60')
  })
})

/** Runs git and hands out what it prints as it comes. */
async function streamed(
  args: string[],
  onText: (text: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const child = spawn('/usr/bin/git', args, { cwd: client.dir, env: client.env, detached: true })
  signal?.addEventListener('abort', () => process.kill(-(child.pid ?? 0), 'SIGKILL'))
  child.stderr.setEncoding('utf8').on('data', onText)
  const { promise, resolve } = Promise.withResolvers<void>()
  child.on('close', () => resolve())
  await promise
}

/** A request by hand; gives its status, 0 where it was cut off on purpose. */
function post(
  path: string,
  body: string | Buffer,
  { cutOff = false, type = 'application/x-git-receive-pack-request' } = {},
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const { port } = new URL(url())
  const sent = request({
    method: 'POST',
    host: 'localhost',
    port,
    path,
    ca: server.ca,
    headers: {
      'content-type': type,
      authorization: `Basic ${Buffer.from('git:owner-token').toString('base64')}`,
      ...(cutOff ? { 'transfer-encoding': 'chunked' } : {}),
    },
  })
  sent.on('response', (response) => {
    response.resume()
    response.on('end', () => resolve(response.statusCode ?? 0))
  })
  sent.on('error', (error) => (cutOff ? resolve(0) : reject(error)))
  sent.write(body)
  if (cutOff) setTimeout(() => sent.destroy(), 300)
  else sent.end()
  return promise
}

async function gitProcesses(): Promise<string[]> {
  const { stdout } = await run('/usr/bin/ps', ['-eo', 'args'], { timeoutMs: 5_000 })
  return stdout
    .toString()
    .split('\n')
    .filter((line) => line.includes(server.repositories) && line.includes('receive-pack'))
}

/** Packs, loose objects and quarantines of an app's repository. */
async function objectsOf(name: string): Promise<string[]> {
  const entries = await readdir(join(server.repositories, `${repository(name)}.git`, 'objects'), {
    recursive: true,
    withFileTypes: true,
  })
  return entries
    .filter((entry) => entry.isFile() || entry.name.startsWith('tmp_objdir'))
    .map((entry) => entry.name)
}
