import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CodedError } from '@vastrox/shared/errors.ts'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { stream, verb } from '#agent/server/bind.ts'
import { createFencing } from '#agent/server/fencing.ts'
import { createAgentServer } from '#agent/server/server.ts'
import { createAgentClient } from '#test/agent-client.ts'
import { collect } from '#test/collect.ts'

const Event = z.object({ type: z.string(), text: z.string().default('') })

let directory: string
let socket: string
let server: ReturnType<typeof createAgentServer>
let emitted = 0
let cancelled = false

const verbs = {
  double: verb(
    { input: z.object({ n: z.int() }), output: z.object({ n: z.int() }) },
    async ({ n }) => {
      if (n === 13) throw new CodedError('INSTANCE_NOT_FOUND', { reason: 'There is no 13.' })
      if (n === 14) throw new Error('a bug that names /etc/secret')
      return { n: n * 2, hidden: 'never sent' }
    },
  ),
}

const streams = {
  flood: stream({ input: z.object({}), event: Event }, async (_input, { emit, signal }) => {
    signal.addEventListener('abort', () => {
      cancelled = true
    })
    for (emitted = 0; emitted < 100_000 && !signal.aborted; emitted++)
      await emit({ type: 'output', text: 'x'.repeat(1_000) })
  }),
  late: stream({ input: z.object({}), event: Event }, async (_input, { emit }) => {
    await emit({ type: 'output' })
    throw new CodedError('BUILD_FAILED', { reason: 'The step failed.', step: 'RUN x' })
  }),
  early: stream({ input: z.object({}), event: Event }, async () => {
    throw new CodedError('BUILD_FAILED', { reason: 'Nothing to build.' })
  }),
}

beforeEach(async () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  directory = await mkdtemp(join(tmpdir(), 'agent-server-'))
  socket = join(directory, 'agent.sock')
  cancelled = false
  server = createAgentServer({
    verbs,
    streams,
    fencing: await createFencing(join(directory, 'fencing.json')),
  })
  await new Promise<void>((resolve) => {
    server.listen(socket, resolve)
  })
})
afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await rm(directory, { recursive: true })
  vi.restoreAllMocks()
})

describe('a JSON verb', () => {
  it('is checked both ways: what is not in its form never leaves (rule C9)', async () => {
    const client = createAgentClient(socket)

    expect(await client.call('double', { n: 4 })).toEqual({ status: 200, body: { n: 8 } })
    expect(await client.call('double', { n: 'four' })).toMatchObject({ status: 400 })
  })

  it('fails with its code and reason, and a bug tells nothing of itself to the caller', async () => {
    const client = createAgentClient(socket)
    const coded = await client.call('double', { n: 13 })
    const bug = await client.call('double', { n: 14 })

    expect(coded).toMatchObject({
      status: 404,
      body: { error: { code: 'INSTANCE_NOT_FOUND', message: 'There is no 13.' } },
    })
    expect(bug).toMatchObject({ status: 500, body: { error: { code: 'INTERNAL' } } })
    expect(JSON.stringify(bug.body)).not.toContain('secret')
  })

  it('is refused without a token', async () => {
    const { promise, resolve } = Promise.withResolvers<number | undefined>()
    request({ socketPath: socket, method: 'POST', path: '/v1/double' }, (reply) => {
      reply.resume()
      resolve(reply.statusCode)
    }).end('{"n":1}')

    expect(await promise).toBe(400)
  })
})

describe('a stream verb', () => {
  it('ends by an event that tells its failure, or by a status where it had not begun', async () => {
    const client = createAgentClient(socket)

    expect(await collect(client.stream('late'))).toEqual([
      { type: 'output', text: '' },
      {
        type: 'failed',
        code: 'BUILD_FAILED',
        reason: 'The step failed.',
        details: { reason: 'The step failed.', step: 'RUN x' },
      },
    ])
    expect(await collect(client.stream('early'))).toMatchObject([
      {
        type: 'refused',
        status: 422,
        error: { code: 'BUILD_FAILED', message: 'Nothing to build.' },
      },
    ])
  })

  it('waits for a reader that is slow, and is cancelled when the reader goes', async () => {
    const leaving = new AbortController()
    const events = createAgentClient(socket).stream('flood', {}, leaving.signal)
    await events.next()
    await sleep(200)
    const whileIdle = emitted
    await sleep(200)

    expect(emitted).toBe(whileIdle)
    expect(whileIdle).toBeLessThan(20_000)
    leaving.abort()
    await events.next().catch(() => undefined)
    await vi.waitFor(() => expect(cancelled).toBe(true), 15_000)
  })
})
