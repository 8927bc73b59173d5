import { CodedError } from '@vastrox/shared/errors.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createHttpHarness } from '#test/http-harness.ts'

const open = { access: { permission: 'public', scope: 'platform' } } as const

const createServer = (...api: FastifyPluginAsyncZod[]) => createHttpHarness({ api })

describe('the HTTP server', () => {
  it('refuses to start with a route that declares no access (rule C8)', async () => {
    const started = createServer(async (server) => {
      server.get('/forgotten', async () => 'all secrets')
    })

    await expect(started).rejects.toThrow('The route GET /api/v1/forgotten declares no access.')
  })

  it('answers an expected failure by its code, message, hint and details', async () => {
    const { fastify } = await createServer(async (server) => {
      server.get('/test', { config: open }, async () => {
        throw new CodedError('RATE_LIMITED', { retryAfterSeconds: 4 })
      })
    })

    const reply = await fastify.inject('/api/v1/test')

    expect(reply.statusCode).toBe(429)
    expect(reply.headers['retry-after']).toBe('4')
    expect(reply.json()).toEqual({
      error: {
        code: 'RATE_LIMITED',
        message: 'Too many requests.',
        hint: 'Wait a moment and try again.',
        details: { retryAfterSeconds: 4 },
      },
    })
  })

  it('logs an unexpected failure with the id of the request, and tells nothing of it', async () => {
    const { fastify, logged } = await createServer(async (server) => {
      server.get('/test', { config: open }, async () => {
        throw new Error('SELECT password_hash FROM users')
      })
    })

    const reply = await fastify.inject('/api/v1/test?token=hush')

    expect(reply.statusCode).toBe(500)
    expect(reply.body).not.toContain('SELECT')
    expect(reply.json().error).toMatchObject({
      code: 'INTERNAL',
      details: { requestId: reply.headers['x-request-id'] },
    })
    expect(logged).toHaveLength(1)
    expect(JSON.stringify(logged)).not.toContain('hush')
  })

  it('names the fields of a body that is not valid', async () => {
    const { fastify } = await createServer(async (server) => {
      const body = z.object({ port: z.object({ number: z.int() }) })
      server.post('/test', { config: open, schema: { body } }, async () => 'ok')
    })

    const reply = await fastify.inject({
      method: 'POST',
      url: '/api/v1/test',
      body: { port: { number: 'x' } },
    })

    expect(reply.statusCode).toBe(400)
    expect(reply.json().error).toMatchObject({
      code: 'REQUEST_INVALID',
      details: { fields: [{ path: 'port.number' }] },
    })
  })

  it.each([
    ['a body that is not JSON', { 'content-type': 'application/json' }, '{"a":', 400],
    ['a body that says it is a form', { 'content-type': 'text/plain' }, 'a=1', 400],
    [
      'a content type with a tab (CVE-2026-25223)',
      { 'content-type': 'application/json\ta' },
      '{}',
      400,
    ],
    [
      'a body that pollutes a prototype',
      { 'content-type': 'application/json' },
      '{"__proto__":{}}',
      400,
    ],
    [
      'a body that is too large',
      { 'content-type': 'application/json' },
      `"${'x'.repeat(3e6)}"`,
      413,
    ],
  ])('refuses %s', async (_what, headers, payload, status) => {
    const { fastify, logged } = await createServer(async (server) => {
      server.post('/test', { config: open, schema: { body: z.object({}) } }, async () => 'ok')
    })

    const reply = await fastify.inject({ method: 'POST', url: '/api/v1/test', headers, payload })

    expect(reply.statusCode).toBe(status)
    expect(reply.json().error.message).toBeTypeOf('string')
    expect(logged).toEqual([])
  })

  it.each(['/api/v1/%zz', '/%', '/api/v1/health%'])(
    'refuses the address %s in the one shape',
    async (url) => {
      const { fastify, logged } = await createServer()

      const reply = await fastify.inject(url)

      expect(reply.statusCode).toBe(400)
      expect(reply.json().error.code).toBe('REQUEST_INVALID')
      expect(logged).toEqual([])
    },
  )

  it('keeps back what the reply does not declare (rule C9)', async () => {
    const { fastify } = await createServer(async (server) => {
      const reply = { 200: z.object({ name: z.string() }) }
      const row = { name: 'anna', passwordHash: 'argon2' }
      server.get('/test', { config: open, schema: { response: reply } }, async () => row)
    })

    expect((await fastify.inject('/api/v1/test')).json()).toEqual({ name: 'anna' })
  })

  it('sends its security headers with every reply, failures included', async () => {
    const { fastify } = await createServer()

    const { headers } = await fastify.inject('/api/v1/nothing')

    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['strict-transport-security']).toBe('max-age=31536000')
    expect(headers['cache-control']).toBe('no-store')
    expect(headers).not.toHaveProperty('server')
    expect(headers).not.toHaveProperty('x-powered-by')
  })
})
