import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { ApiError } from './api-error.ts'
import { createApi } from './api.ts'

const Thing = z.object({ name: z.string() })
const json = (status: number, body: unknown): Response =>
  new Response(body === undefined ? null : JSON.stringify(body), { status })
const failure = (status: number, code: string, details: Record<string, unknown> = {}): Response =>
  json(status, { error: { code, message: `message of ${code}`, hint: 'do this', details } })

/** A server whose access cookie has expired until it is refreshed. */
function expiredServer({ refreshStatus = 204 } = {}) {
  const calls: string[] = []
  let fresh = false
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    calls.push(`${init.method} ${url}`)
    if (url.endsWith('/session/refresh')) {
      fresh = refreshStatus === 204
      return refreshStatus === 204 ? json(204, undefined) : failure(refreshStatus, 'NOT_SIGNED_IN')
    }
    return fresh ? json(200, { name: 'shop' }) : failure(401, 'NOT_SIGNED_IN')
  }
  const exclusively = <T>(work: () => Promise<T>): Promise<T> => work()
  return { calls, api: createApi({ fetch, exclusively, timeoutMs: 1_000 }) }
}

const answering = (respond: () => Response | Promise<Response>) =>
  createApi({
    fetch: async () => respond(),
    exclusively: (work) => work(),
    timeoutMs: 1_000,
  })

describe('keeping the session alive', () => {
  it('refreshes an expired session once and sends the request again', async () => {
    const { api, calls } = expiredServer()

    await expect(api.get('/apps/shop', Thing)).resolves.toEqual({ name: 'shop' })

    expect(calls).toEqual([
      'GET /api/v1/apps/shop',
      'POST /api/v1/session/refresh',
      'GET /api/v1/apps/shop',
    ])
  })

  it('refreshes once for all requests that are under way', async () => {
    const { api, calls } = expiredServer()

    await Promise.all(['/a', '/b', '/c'].map((path) => api.get(path, Thing)))

    expect(calls.filter((call) => call.endsWith('/session/refresh'))).toHaveLength(1)
    expect(calls).toHaveLength(7)
  })

  it('says that the session is over when it cannot be refreshed, and sends nothing again', async () => {
    const { api, calls } = expiredServer({ refreshStatus: 401 })
    const signedOut = vi.fn<() => void>()
    api.onSignedOut(signedOut)

    await expect(api.get('/apps', Thing)).rejects.toMatchObject({ code: 'NOT_SIGNED_IN' })

    expect(signedOut).toHaveBeenCalledOnce()
    expect(calls).toEqual(['GET /api/v1/apps', 'POST /api/v1/session/refresh'])
  })

  it('does not refresh for a password that is wrong', async () => {
    const { api, calls } = expiredServer()

    await expect(api.post('/sign-in', Thing, {})).rejects.toBeInstanceOf(ApiError)

    expect(calls).toEqual(['POST /api/v1/sign-in'])
  })
})

describe('failures', () => {
  it('carry message and hint of the server, and its reason where it gives one', async () => {
    const api = answering(() => failure(422, 'BUILD_FAILED', { reason: 'npm ci exited with 1.' }))

    await expect(api.post('/x', Thing)).rejects.toMatchObject({
      status: 422,
      code: 'BUILD_FAILED',
      message: 'npm ci exited with 1.',
      hint: 'do this',
    })
  })

  it('say so when nobody answers', async () => {
    const api = answering(() => Promise.reject(new TypeError('Failed to fetch')))

    await expect(api.get('/x', Thing)).rejects.toMatchObject({ code: 'UNREACHABLE', status: 0 })
  })

  it('say so when a reply is not what was expected', async () => {
    const wrongShape = answering(() => json(200, { nome: 'shop' }))
    const notJson = answering(() => new Response('<html>', { status: 200 }))

    await expect(wrongShape.get('/x', Thing)).rejects.toMatchObject({ code: 'REPLY_UNEXPECTED' })
    await expect(notJson.get('/x', Thing)).rejects.toMatchObject({ code: 'REPLY_UNEXPECTED' })
  })

  it('do not wait for ever', async () => {
    const api = createApi({
      fetch: (_url, { signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(new DOMException('', 'TimeoutError')))
        }),
      exclusively: (work) => work(),
      timeoutMs: 20,
    })

    await expect(api.get('/x', Thing)).rejects.toMatchObject({ code: 'UNREACHABLE' })
  })

  it('wait longer where it is said that it takes longer', async () => {
    const api = createApi({
      fetch: (_url, { signal }) =>
        new Promise((resolve, reject) => {
          signal?.addEventListener('abort', () => reject(new DOMException('', 'TimeoutError')))
          setTimeout(() => resolve(json(200, { name: 'the test failed' })), 200)
        }),
      exclusively: (work) => work(),
      timeoutMs: 20,
    })

    const told = await api.post('/channels/c1/test', Thing, {}, { timeoutMs: 30_000 })

    expect(told).toEqual({ name: 'the test failed' })
  })

  it('let a page that was left abort its requests without an error of ours', async () => {
    const controller = new AbortController()
    const api = answering(() => Promise.reject(controller.signal.reason))
    controller.abort(new DOMException('left', 'AbortError'))

    await expect(api.get('/x', Thing, { signal: controller.signal })).rejects.toMatchObject({
      name: 'AbortError',
    })
  })
})

describe('what asks who sits there', () => {
  function guarded(proves: boolean) {
    const calls: string[] = []
    let isProven = false
    const api = createApi({
      fetch: async (url, init) => {
        calls.push(`${init.method} ${url}`)
        return isProven
          ? json(200, { name: 'shop' })
          : failure(403, 'PROOF_REQUIRED', { ways: ['password', 'code'] })
      },
      exclusively: (work) => work(),
      timeoutMs: 1_000,
    })
    const asked: unknown[] = []
    api.onProofRequired(async (ways) => {
      asked.push(ways)
      isProven = proves
      return proves
    })
    return { api, calls, asked }
  }

  it('is sent again by itself once it was shown', async () => {
    const { api, calls, asked } = guarded(true)

    await expect(api.post('/tokens', Thing, { name: 'ci' })).resolves.toEqual({ name: 'shop' })

    expect(asked).toEqual([['password', 'code']])
    expect(calls).toEqual(['POST /api/v1/tokens', 'POST /api/v1/tokens'])
  })

  it('fails where it was not shown, and is not sent again', async () => {
    const { api, calls } = guarded(false)

    await expect(api.post('/tokens', Thing)).rejects.toMatchObject({ code: 'PROOF_REQUIRED' })

    expect(calls).toHaveLength(1)
  })

  it('asks for nothing where somebody simply may not', async () => {
    const api = answering(() => failure(403, 'PERMISSION_DENIED'))
    const prove = vi.fn<() => Promise<boolean>>(async () => true)
    api.onProofRequired(prove)

    await expect(api.get('/a', Thing)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    expect(prove).not.toHaveBeenCalled()
  })
})
