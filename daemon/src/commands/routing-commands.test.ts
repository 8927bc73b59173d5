import { beforeEach, describe, expect, it } from 'vitest'
import { runCommand } from '#commands/run-command.ts'
import { commands } from '#commands/table.ts'
import { type AppHarness, createAppHarness } from '#test/app-harness.ts'

let harness: AppHarness
beforeEach(() => {
  harness = createAppHarness()
  harness.addApp('hello')
})

async function run(line: string | string[], stdin?: string) {
  let [out, error] = ['', '']
  const context = {
    ...harness.commandServices,
    actor: harness.actor,
    origin: { kind: 'console' } as const,
    stdin,
    terminal: undefined,
    signal: new AbortController().signal,
    print: async (text: string) => void (out += text),
    printError: async (text: string) => void (error += text),
  }
  const words = typeof line === 'string' ? line.split(' ') : line
  const code = await runCommand(commands, context, words, (bug) => {
    throw bug
  })
  return { code, out, error }
}
const settings = async () => JSON.parse((await run('routing hello --json')).out)

describe('route settings by command', () => {
  it.each([
    ['routing:set hello body=10G timeout=90s rate=10:40', { maxBodyBytes: 10 * 2 ** 30 }],
    [
      'routing:set hello timeout=2m idle=default',
      { responseTimeoutMs: 120_000, idleTimeoutMs: null },
    ],
    ['routing:set hello rate=0.5', { rateLimit: { requestsPerS: 0.5, burst: 1 } }],
    [
      'routing:set hello https=always compression=all',
      { httpsRedirect: 'always', compression: 'all' },
    ],
    ['routing:set hello concurrent=20 assets=off', { concurrentRequests: 20, keepAssets: false }],
    ['routing:set hello sticky=on', { stickySessions: true }],
    [
      'paths:add hello /api/ api --strip',
      { paths: [{ prefix: '/api', process: 'api', strip: true }] },
    ],
    [
      'redirects:add hello /a /b --status 301',
      { redirects: [{ from: '/a', to: '/b', status: 301 }] },
    ],
    ['access hello --allow 10.0.0.0/8,::1 --deny 10.6.6.6', { allow: ['10.0.0.0/8', '::1'] }],
    ['headers:set hello X-Frame-Options DENY', { responseHeaders: [{ value: 'DENY' }] }],
    [
      'headers:hide hello X-Powered-By',
      { responseHeaders: [{ name: 'X-Powered-By', value: null }] },
    ],
    ['hsts hello on', { hsts: { maxAgeS: 5_184_000, includeSubDomains: false, preload: false } }],
    [
      'hsts hello on --for 2y --subdomains --preload',
      { hsts: { maxAgeS: 63_072_000, preload: true } },
    ],
    ['maintenance hello on --retry-after 30m', { maintenance: { on: true, retryAfterS: 1_800 } }],
  ])('understands %s', async (line, expected) => {
    expect(await run(line)).toMatchObject({ code: 0 })
    expect(await settings()).toMatchObject(expected)
  })

  it.each([
    'routing:set hello size=1',
    'routing:set hello rate=fast',
    'routing:set hello https=maybe',
    'routing:set hello body=-1',
    'paths:add hello api web',
    'paths:add hello /a/../b web',
    'paths:remove hello /api',
    'redirects:add hello /a b',
    'redirects:add hello /a /b --status 200',
    'redirects:remove hello /a',
    'access hello --allow nowhere',
    'headers:set hello Content-Length 1',
    'headers:remove hello X-A',
    'hsts hello on --preload',
    'maintenance hello maybe',
    'maintenance hello on --page-stdin',
    'basic-auth:set hello ann --password-stdin',
    'trusted-proxies:set',
    'trusted-proxies:set somewhere',
    'trusted-proxies:set 10.0.0.0/8 --none',
  ])('says what is wrong with %s', async (line) => {
    const { code, out, error } = await run(line)
    expect([code, out]).toEqual([2, ''])
    expect(error).not.toBe('')
  })

  it('refuses a circle of redirects in words, and keeps those before', async () => {
    await run('redirects:add hello /a /b')

    const { code, error } = await run('redirects:add hello /b /a')

    expect(code).toBe(1)
    expect(error).toContain('lead in a circle')
    expect((await settings()).redirects).toHaveLength(1)
  })

  it('puts a redirect in its place, first where that is wished', async () => {
    await run('redirects:add hello /a /1')
    await run('redirects:add hello /b /2')
    await run('redirects:add hello /b /3 --first')

    expect((await run('redirects hello')).out).toMatch(/\/b .*\/3 .*\n\/a .*\/1/)
    await run('redirects:remove hello /b')
    expect((await settings()).redirects).toMatchObject([{ from: '/a' }])
  })

  it('takes a password from stdin, or makes one and shows it once', async () => {
    const made = await run('basic-auth:set hello ann')
    const given = await run('basic-auth:set hello bob --password-stdin', 'correct horse\n')

    expect(made.out).toMatch(/^ann: [\w-]{20}\n$/)
    expect(given.out).toBe('bob has that password now.\n')
    expect((await settings()).basicAuthUsers).toEqual(['ann', 'bob'])
    expect(await run('basic-auth:remove hello ann')).toMatchObject({ code: 0 })
    expect(await run('basic-auth:remove hello ann')).toMatchObject({ code: 1 })
  })

  it('takes a page from stdin, and ours again', async () => {
    await run('maintenance hello on --page-stdin', '<h1>Soon</h1>')
    expect((await settings()).maintenance).toMatchObject({ on: true, html: '<h1>Soon</h1>' })

    await run('maintenance hello off --own-page')
    expect((await settings()).maintenance).toMatchObject({ on: false, html: null })
  })

  it('says which proxies are believed, and none that are everybody', async () => {
    expect((await run('trusted-proxies')).out).toMatch(/^None/)
    const { out } = await run('trusted-proxies:set cloudflare loopback 10.1.0.0/16')

    expect(out).toMatch(/^cloudflare \(its networks as of 2023-09-28\)\nloopback\n10.1.0.0\/16\n$/)
    expect(harness.proxy.published.at(-1)).toBeDefined()
    const proxies = JSON.parse((await run('trusted-proxies --json')).out)
    expect(proxies.networks).toEqual(
      expect.arrayContaining(['104.16.0.0/13', '10.1.0.0/16', '::1/128']),
    )
    expect((await run('trusted-proxies:set 0.0.0.0/0')).error).toContain('Every visitor')
    expect((await run('trusted-proxies:set --none')).out).toMatch(/^None/)
  })
})
