import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  deploymentsOf,
  destroyApp,
  pushTinyApp,
  tinyApp,
  untilSettled,
  versionOf,
} from '#support/apps.ts'
import { containersOf } from '#support/engine.ts'
import { connectInstallation, until } from '#support/installation.ts'
import { createWorkingCopy, type WorkingCopy } from '#support/working-copy.ts'

const vastrox = connectInstallation()
const APP = 'pushed'

let copy: WorkingCopy
beforeAll(async () => {
  copy = await pushTinyApp(vastrox, APP, 'v1')
  await vastrox.api('PATCH', `/apps/${APP}`, {
    healthTimeoutMs: 4_000,
    watchMs: 1_000,
    drainMs: 1_000,
    stopGraceMs: 500,
  })
})
afterAll(async () => {
  await destroyApp(vastrox, APP)
  copy.remove()
})

describe('a push that deploys', () => {
  it('streams the build, ends with the address, and the address answers', async () => {
    copy.write(tinyApp('v2'))
    await copy.commit('second')

    const pushed = await copy.push()

    expect(pushed.exitCode, pushed.output).toBe(0)
    expect(pushed.output).toContain('remote: -----> Node.js app detected (package.json)')
    expect(pushed.output).toContain(vastrox.hostOf(APP))
    expect(await versionOf(vastrox, APP)).toBe('v2')
  })

  it('of another branch only prints a notice', async () => {
    await copy.git('checkout', '-q', '-b', 'feature')
    copy.write(tinyApp('feature'))
    await copy.commit('feature')

    const pushed = await copy.push('feature')
    await copy.git('checkout', '-q', 'main')

    expect(pushed.exitCode, pushed.output).toBe(0)
    expect(pushed.output).toMatch(/remote: .*main/)
    expect(await versionOf(vastrox, APP)).toBe('v2')
  })

  it('with dry-run says what would happen and changes nothing', async () => {
    const before = (await deploymentsOf(vastrox, APP)).length
    copy.write(tinyApp('dry'))
    await copy.commit('dry')

    const pushed = await copy.push('-o', 'dry-run', 'main')
    await copy.git('reset', '-q', '--hard', 'HEAD~1')

    expect(pushed.output).toContain('Node.js')
    expect(await deploymentsOf(vastrox, APP)).toHaveLength(before)
    expect(await versionOf(vastrox, APP)).toBe('v2')
  })
})

const BROKEN: [what: string, files: Record<string, string>, reason: RegExp][] = [
  [
    'fails to build',
    {
      'package.json': JSON.stringify({
        name: 'x',
        scripts: { build: 'node -e "process.exit(3)"', start: 'node server.js' },
      }),
    },
    /build/i,
  ],
  ['exits at once', { 'server.js': 'console.log("no config"); process.exit(7)' }, /exit.*7/i],
  [
    'never answers',
    {
      'server.js': "require('node:net').createServer(() => {}).listen(process.env.PORT, '0.0.0.0')",
    },
    /answer/i,
  ],
  ['listens on nothing', { 'server.js': 'setInterval(() => {}, 1000)' }, /nothing listens/i],
  [
    'answers 500',
    {
      'server.js':
        "require('node:http').createServer((q, r) => { r.statusCode = 500; r.end() }).listen(process.env.PORT, '0.0.0.0')",
    },
    /500/,
  ],
  [
    'binds 127.0.0.1',
    {
      'server.js':
        "require('node:http').createServer((q, r) => r.end('x')).listen(process.env.PORT, '127.0.0.1')",
    },
    /127\.0\.0\.1/,
  ],
]

describe('a push that must not go live (D2)', () => {
  it.each(BROKEN)(
    '%s: refused with its reason in one line, the old release serves, nothing is left',
    async (what, files, reason) => {
      const serving = await versionOf(vastrox, APP)
      copy.write({ ...tinyApp('broken'), ...files })
      await copy.commit(what)

      const pushed = await copy.push()
      await copy.git('reset', '-q', '--hard', 'HEAD~1')

      expect(pushed.exitCode).not.toBe(0)
      const rejected =
        pushed.output.split('\n').find((line) => line.includes('[remote rejected]')) ?? ''
      expect(rejected).toMatch(reason)
      expect(await versionOf(vastrox, APP)).toBe(serving)
      await until('only the old instance to be left', async () => {
        return (await containersOf(vastrox.config.instance, APP)).length === 1
      })
    },
  )
})

describe('two pushes to one branch at the same time', () => {
  it('end with what the branch says', async () => {
    const other = createWorkingCopy(vastrox.remote(APP))
    await other.git('clone', '-q', vastrox.remote(APP).url, 'clone')
    const inClone = (...args: string[]) => other.git('-C', 'clone', ...args)
    copy.write(tinyApp('left'))
    const left = await copy.commit('left')
    writeFileSync(join(other.path, 'clone/server.js'), tinyApp('right')['server.js'] ?? '')
    await inClone('commit', '-q', '-a', '-m', 'right')
    const right = await inClone('rev-parse', 'HEAD')

    const [mine, theirs] = await Promise.all([
      copy.push(),
      other.tryGit('-C', 'clone', 'push', 'origin', 'main'),
    ])
    await untilSettled(vastrox, APP)

    const branch = (await copy.git('ls-remote', 'vastrox', 'refs/heads/main')).slice(0, 40)
    expect([left, right]).toContain(branch)
    expect(await versionOf(vastrox, APP)).toBe(branch === left ? 'left' : 'right')
    expect([mine.exitCode, theirs.exitCode].filter((code) => code === 0)).toHaveLength(1)
    other.remove()
    await copy.git('fetch', '-q', 'vastrox', 'main')
    await copy.git('reset', '-q', '--hard', 'FETCH_HEAD')
  })
})

describe('bad input', () => {
  it('a wrong token is refused, and no app is made', async () => {
    const stranger = createWorkingCopy(vastrox.remote('strangers-app', 'vxt_api_wrong'))
    await stranger.init()
    stranger.write(tinyApp('x'))
    await stranger.commit('x')

    const pushed = await stranger.push()
    stranger.remove()

    expect(pushed.exitCode).not.toBe(0)
    expect((await vastrox.api('GET', '/apps/strangers-app')).status).toBe(404)
  })

  it.each(['git', 'www', 'x', 'Upper', 'a--'.padEnd(45, 'b'), 'blog-pr-1'])(
    'the name %s is refused in words',
    async (name) => {
      const wrong = createWorkingCopy(vastrox.remote(name))
      await wrong.init()
      wrong.write(tinyApp('x'))
      await wrong.commit('x')

      const pushed = await wrong.push()
      wrong.remove()

      expect(pushed.exitCode).not.toBe(0)
      expect(pushed.output).toMatch(/name/i)
    },
  )

  it('a symlink out of the tree is refused by name, and what runs stays', async () => {
    const serving = await versionOf(vastrox, APP)
    symlinkSync('../../../etc/passwd', join(copy.path, 'passwords'))
    await copy.commit('link')

    const pushed = await copy.push()
    await copy.git('reset', '-q', '--hard', 'HEAD~1')

    expect(pushed.exitCode).not.toBe(0)
    expect(pushed.output).toContain('passwords')
    expect(await versionOf(vastrox, APP)).toBe(serving)
  })

  it('a ref that looks like an option is refused', async () => {
    const pushed = await copy.push('main:refs/heads/--upload-pack=x')

    expect(pushed.exitCode).not.toBe(0)
    expect(await copy.git('ls-remote', 'vastrox')).not.toContain('upload-pack')
  })

  it('deleting the branch that deploys is refused', async () => {
    const pushed = await copy.push('--delete', 'main')

    expect(pushed.exitCode).not.toBe(0)
    expect(await copy.git('ls-remote', 'vastrox')).toContain('refs/heads/main')
  })
})
