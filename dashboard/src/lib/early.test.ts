import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { earlyReply } from './early.ts'

const BOOT = readFileSync(join(import.meta.dirname, '../../public/boot.js'), 'utf8')
const ME = { role: 'owner', permissions: ['alert.read'], grants: {}, needsSecondFactor: false }
const CALLS = [
  { path: '/apps/$name' },
  { path: '/alerts?app=$name', may: 'alert.read' },
  { path: '/first-run', notByGuests: true },
]

interface Begun {
  /** What /me answers, one after the other. */
  me?: readonly (number | object)[]
  path?: string
  route?: string
}

/** `boot.js` as a page runs it, with a server that answers every call with its path. */
async function boot({ me = [ME], path = '/apps/shop', route = '/apps/$name' }: Begun = {}) {
  const calls: string[] = []
  const left = [...me]
  const fetch = async (url: string, init: RequestInit) => {
    calls.push(`${init.method} ${url.replace('/api/v1', '')}`)
    if (url.endsWith('/refresh')) return new Response('{}')
    if (!url.endsWith('/me')) return Response.json({ url })
    const answer = left.shift() ?? 500
    return typeof answer === 'number'
      ? new Response('{}', { status: answer })
      : Response.json(answer)
  }
  const world: Record<string, unknown> = {
    fetch,
    AbortSignal,
    addEventListener: () => {},
    document: {
      documentElement: { dataset: {} },
      currentScript: { dataset: { route, early: JSON.stringify(CALLS) } },
    },
    localStorage: { getItem: () => null },
    location: { pathname: path },
    navigator: {},
  }
  runInNewContext(BOOT, world)
  const replies = world['__vastrox_early']
  // The map of another world is no Map of this one.
  globalThis.__vastrox_early = new Map(Object(replies))
  await Promise.allSettled(globalThis.__vastrox_early.values())
  return calls
}

describe('what a page asks for first', () => {
  // A page has just begun, however old the process of the test is.
  beforeEach(() => void vi.spyOn(performance, 'now').mockReturnValue(500))
  afterEach(() => vi.restoreAllMocks())

  it('is asked while its code is on its way, and each reply is taken once', async () => {
    const calls = await boot()

    expect(calls).toEqual(['GET /me', 'GET /apps/shop', 'GET /alerts?app=shop', 'GET /first-run'])
    const reply = await earlyReply('GET', '/apps/shop')
    await expect(reply?.json()).resolves.toEqual({ url: '/api/v1/apps/shop' })
    await expect(earlyReply('GET', '/apps/shop')).resolves.toBeUndefined()
    await expect((await earlyReply('GET', '/me'))?.json()).resolves.toEqual(ME)
  })

  it('renews a session that has run out, once', async () => {
    const calls = await boot({ me: [401, ME] })

    expect(calls.slice(0, 4)).toEqual([
      'GET /me',
      'POST /session/refresh',
      'GET /me',
      'GET /apps/shop',
    ])
  })

  it('asks nothing that somebody may not see', async () => {
    expect(await boot({ me: [{ ...ME, role: 'guest', permissions: [] }] })).toEqual([
      'GET /me',
      'GET /apps/shop',
    ])
    expect(
      await boot({ me: [{ ...ME, permissions: [], grants: { shop: ['alert.read'] } }] }),
    ).toContain('GET /alerts?app=shop')
    await expect(earlyReply('GET', '/alerts?app=other')).resolves.toBeUndefined()
  })

  it.each([
    ['who is signed out', { me: [500] }],
    ['who must show a second factor first', { me: [{ ...ME, needsSecondFactor: true }] }],
  ])('asks no more for %s', async (_, begun) => {
    expect(await boot(begun)).toEqual(['GET /me'])
    await expect(earlyReply('GET', '/apps/shop')).resolves.toBeUndefined()
  })

  it.each(['/apps/..', '/apps/%2e%2e', '/apps/', '/apps/A'])(
    'asks nothing at %s, which is no name of an app',
    async (path) => {
      expect(await boot({ path })).toEqual([])
    },
  )

  it('is forgotten with the first act, and after a while', async () => {
    await boot()
    await earlyReply('POST', '/sign-out')
    await expect(earlyReply('GET', '/apps/shop')).resolves.toBeUndefined()

    await boot()
    vi.spyOn(performance, 'now').mockReturnValue(11_000)
    await expect(earlyReply('GET', '/apps/shop')).resolves.toBeUndefined()
  })
})
