import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { containerOf, sampleOf as sampleAt } from '#test/test-metrics.ts'
import { createAgentHttp } from './agent-http.ts'
import { createNodeMetrics } from './node-metrics.ts'

/** As long as one can be. */
const LONG = containerOf({
  id: 'a'.repeat(64),
  name: 'n'.repeat(100),
  cpuUsec: 1e12,
  sentBytes: 1e13,
})
const sampleOf = (seq: number, containers = 1) =>
  sampleAt(
    new Date('2026-11-27T12:00:00Z'),
    Array.from({ length: containers }, () => LONG),
    { seq },
  )

describe('samples of a node, over its socket', () => {
  let directory: string
  let socketPath: string
  let answer: (response: ServerResponse, input: unknown) => void
  const server = createServer((request, response) => {
    void text(request).then((body) => answer(response, JSON.parse(body)))
  })
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vastrox-metrics-'))
    socketPath = join(directory, 'agent.sock')
    await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  })
  afterEach(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await rm(directory, { recursive: true, force: true })
  })

  const say = (response: ServerResponse, event: object): void => {
    response.write(`${JSON.stringify(event)}\n`)
  }
  async function read(since: string | null, follow = false): Promise<number[]> {
    const http = createAgentHttp({ socketPath, fencingToken: 1 })
    const seen: number[] = []
    try {
      const signal = AbortSignal.timeout(30_000)
      for await (const { seq } of createNodeMetrics(http).readSamples({ since, follow }, signal))
        seen.push(seq)
      return seen
    } finally {
      http.close()
    }
  }

  it('come in order, also those of as many containers as a node may have', async () => {
    const inputs: unknown[] = []
    answer = (response, input) => {
      inputs.push(input)
      say(response, { type: 'sample', sample: sampleOf(1) })
      say(response, { type: 'sample', sample: sampleOf(2, 2_000) })
      response.end(`${JSON.stringify({ type: 'done' })}\n`)
    }
    const since = '2026-11-27T12:00:00.000Z'

    expect(await read(since)).toEqual([1, 2])
    expect(inputs).toEqual([{ since, follow: false }])
  })

  it('end with a word of why where the connection breaks, where nobody is there, and where the agent fails', async () => {
    answer = (response) => {
      say(response, { type: 'sample', sample: sampleOf(1) })
      setTimeout(() => response.destroy(), 50)
    }
    await expect(read(null, true)).rejects.toMatchObject({ code: 'AGENT_UNREACHABLE' })
    answer = (response) => {
      response.end(
        `${JSON.stringify({ type: 'failed', code: 'INTERNAL', reason: 'no /proc', details: {} })}\n`,
      )
    }
    await expect(read(null)).rejects.toMatchObject({ code: 'INTERNAL' })
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await expect(read(null)).rejects.toMatchObject({ code: 'AGENT_UNREACHABLE' })
    await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  })

  it('are not taken where they are nonsense', async () => {
    answer = (response) => {
      response.end(`${JSON.stringify({ type: 'sample', sample: { seq: 1 } })}\n`)
    }

    await expect(read(null)).rejects.toMatchObject({ code: 'AGENT_UNREACHABLE' })
  })
})
