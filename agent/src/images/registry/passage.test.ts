import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parseImageReference } from '@vastrox/shared/image-reference.ts'
import type { Located } from '#agent/images/registry/locate.ts'
import { withRegistry } from '#agent/images/registry/reach.ts'
import { OUTSIDE, startTlsFront, type TlsFront } from '#test/tls-front.ts'

const NOTHING_SAID = { mirror: null, allowedHosts: [], isOff: false }
const CREDENTIALS = { username: 'me', password: 'p4ss' }
const BASIC = `Basic ${Buffer.from('me:p4ss').toString('base64')}`

let front: TlsFront
let asked: { host: string; path: string; authorization: string | null }[] = []
let answer: (incoming: IncomingMessage, outgoing: ServerResponse) => void

beforeAll(async () => {
  front = await startTlsFront(['registry.test', 'auth.test', 'cdn.test'], (incoming, outgoing) => {
    const { host = '', authorization = null } = incoming.headers
    asked.push({ host: host.replace(/:\d+$/, ''), path: incoming.url ?? '', authorization })
    answer(incoming, outgoing)
  })
})
afterAll(() => front.stop())
beforeEach(() => {
  answer = (_incoming, outgoing) => {
    outgoing.writeHead(200, { 'Docker-Content-Digest': 'sha256:abc', 'Set-Cookie': 'no=1' })
    outgoing.end('manifest')
  }
})
afterEach(() => {
  asked = []
  front.looked.length = 0
  front.dialled.length = 0
})

const at = (host: string, path = ''): string => `https://${host}:${front.port}${path}`
const send = (status: number, headers: Record<string, string>) => (outgoing: ServerResponse) => {
  outgoing.writeHead(status, headers)
  outgoing.end()
}

/** What the engine does with what it is given. */
function through<Result>(
  work: (
    ask: (thing: string, init?: RequestInit) => Promise<Response>,
    located: Located,
  ) => Promise<Result>,
  credentials: typeof CREDENTIALS | null = null,
): Promise<Result> {
  const reference = parseImageReference(`registry.test:${front.port}/team/app:1`)
  if (!reference) throw new Error('it is a reference')
  return withRegistry(
    { instance: '0a1b2c', settings: NOTHING_SAID, network: front.network },
    { reference, credentials },
    AbortSignal.timeout(20_000),
    (located) => {
      const [host = '', ...path] = located.name.split('/')
      return work(
        (thing, init) => fetch(`http://${host}/v2/${path.join('/')}/${thing}`, init),
        located,
      )
    },
  )
}

describe('a registry is reached where it was decided that it is (rule C11)', () => {
  it('once, whatever its name means a moment later', async () => {
    const text = await through(async (ask) => {
      await ask('manifests/1')
      const reply = await ask('manifests/1')
      expect(reply.headers.get('docker-content-digest')).toBe('sha256:abc')
      expect(reply.headers.get('set-cookie')).toBeNull()
      return reply.text()
    })

    expect(text).toBe('manifest')
    expect(front.looked).toEqual(['registry.test'])
    expect(front.dialled).toEqual([OUTSIDE, OUTSIDE])
    expect(asked.map(({ path }) => path)).toEqual(Array(2).fill('/v2/team/app/manifests/1'))
  })

  it('with the certificate of its name: another one at that address is not it', async () => {
    const reference = parseImageReference(`elsewhere.test:${front.port}/team/app:1`)
    if (!reference) throw new Error('it is a reference')
    const network = { ...front.network, resolve: async () => [OUTSIDE] }

    const failing = withRegistry(
      { instance: '0a1b2c', settings: NOTHING_SAID, network },
      { reference, credentials: null },
      AbortSignal.timeout(20_000),
      async ({ name }) => {
        const reply = await fetch(`http://${name.replace('/', '/v2/')}/manifests/1`)
        throw new Error(`status ${reply.status}`)
      },
    )

    await expect(failing).rejects.toMatchObject({
      code: 'IMAGE_PULL_FAILED',
      details: { reason: expect.stringMatching(/elsewhere\.test.*altnames/) },
    })
    expect(asked).toEqual([])
  })

  it('and does not send the server inside by its redirects', async () => {
    for (const to of [
      'http://169.254.169.254/latest/meta-data',
      'https://169.254.169.254/latest',
      at('inside.test', '/x'),
      'https://cdn.test:22/x',
    ]) {
      answer = (_incoming, outgoing) => send(307, { Location: to })(outgoing)
      const failing = through(async (ask) => {
        throw new Error(`status ${(await ask('blobs/sha256:abc')).status}`)
      })
      await expect(failing, to).rejects.toMatchObject({
        code: expect.stringMatching(/^IMAGE_(REFERENCE_REFUSED|PULL_FAILED)$/),
      })
    }
    expect(new Set(front.dialled)).toEqual(new Set([OUTSIDE]))
  })

  it('nor by the place where it says that tokens are to be had', async () => {
    answer = (_incoming, outgoing) =>
      send(401, { 'WWW-Authenticate': `Bearer realm="${at('inside.test', '/token')}"` })(outgoing)

    const failing = through(async (ask) => {
      throw new Error(`status ${(await ask('manifests/1')).status}`)
    }, CREDENTIALS)

    await expect(failing).rejects.toMatchObject({ code: 'IMAGE_REFERENCE_REFUSED' })
    expect(front.dialled).toEqual([OUTSIDE])
  })

  it('and not round and round', async () => {
    answer = (_incoming, outgoing) => send(302, { Location: '/again' })(outgoing)

    await through(async (ask) => expect((await ask('blobs/sha256:abc')).status).toBe(502))
    expect(asked).toHaveLength(6)
  })
})

describe('credentials', () => {
  it('are exchanged for a token where the registry says, and stay with those two', async () => {
    answer = ({ url = '', headers }, outgoing) => {
      if (url.startsWith('/token')) {
        outgoing.end(JSON.stringify({ token: 't0ken' }))
      } else if (headers.authorization !== 'Bearer t0ken' && !url.startsWith('/cdn')) {
        const challenge = `Bearer realm="${at('auth.test', '/token')}",service="registry.test"`
        send(401, { 'WWW-Authenticate': challenge })(outgoing)
      } else if (url.includes('/blobs/')) send(307, { Location: at('cdn.test', '/cdn') })(outgoing)
      else outgoing.end('layer')
    }

    const text = await through(async (ask) => (await ask('blobs/sha256:abc')).text(), CREDENTIALS)

    expect(text).toBe('layer')
    expect(asked).toEqual([
      { host: 'registry.test', path: '/v2/team/app/blobs/sha256:abc', authorization: null },
      {
        host: 'auth.test',
        path: '/token?service=registry.test&scope=repository%3Ateam%2Fapp%3Apull&account=me',
        authorization: BASIC,
      },
      {
        host: 'registry.test',
        path: '/v2/team/app/blobs/sha256:abc',
        authorization: 'Bearer t0ken',
      },
      { host: 'cdn.test', path: '/cdn', authorization: null },
    ])
  })

  it('that are wrong are said to be, once', async () => {
    answer = (_incoming, outgoing) =>
      send(401, { 'WWW-Authenticate': 'Basic realm="here"' })(outgoing)

    const reply = await through(async (ask) => {
      const { status, ...rest } = await ask('manifests/1').then(async (each) => ({
        status: each.status,
        text: await each.text(),
      }))
      return { status, ...rest }
    }, CREDENTIALS)

    expect(reply.status).toBe(403)
    expect(reply.text).toContain('DENIED')
    expect(asked.map(({ authorization }) => authorization)).toEqual([null, BASIC])
  })
})

describe('nobody else on this machine', () => {
  it('finds the passage, reaches another repository, or does more than read', async () => {
    await through(async (ask, { name }) => {
      const [host = ''] = name.split('/')
      for (const path of ['/', '/v2/team/app/manifests/1', '/v2/x/team/app/manifests/1'])
        expect((await fetch(`http://${host}${path}`)).status).toBe(404)
      for (const thing of ['../other/manifests/1', 'tags/list', 'blobs/uploads/', 'manifests/a/b'])
        expect((await ask(thing)).status).toBe(404)
      expect((await ask('manifests/1', { method: 'PUT', body: 'x' })).status).toBe(405)
      expect((await fetch(`http://${host}/v2/`)).status).toBe(200)
    })
    expect(asked).toEqual([])
  })

  it('once it is over', async () => {
    const name = await through(async (_ask, located) => located.name)

    await expect(fetch(`http://${name.split('/')[0]}/v2/`)).rejects.toThrow('fetch failed')
  })
})
