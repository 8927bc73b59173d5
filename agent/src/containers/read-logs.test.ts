import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { ReadLogs, type ReadLogsEvent } from '@vastrox/shared/agent-api.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LABEL } from '#agent/containers/labels.ts'
import { readLogs } from '#agent/containers/read-logs.ts'
import { createEngine } from '#agent/engine/engine.ts'

/** An engine that has these lines of one container left, and knows nothing else. */
let made = '2026-11-22T16:00:00.5Z'
let lines: string[] = []
let asked: URLSearchParams | undefined
let askedTimes = 0
/** It is removed as soon as it was looked at. */
let isGone = false
/** A follower that gives what there is and then waits for ever, as Docker does where it missed a rotation. */
let isStuck = false
let folder: string
let server: Server
let engine: ReturnType<typeof createEngine>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vastrox-engine-'))
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://engine')
    if (url.pathname === '/_ping') {
      response.setHeader('api-version', '1.41').end('OK')
      return
    }
    if (url.pathname.endsWith('/json')) {
      const Labels = { [LABEL.instance]: 'abc123', [LABEL.app]: 'app1' }
      response.end(
        JSON.stringify({
          Config: { Labels },
          State: { Status: 'exited' },
          Created: made,
          LogPath: join(folder, 'json.log'),
        }),
      )
      return
    }
    asked = url.searchParams
    askedTimes += 1
    if (isGone) {
      response.writeHead(404).end('{"message":"No such container"}')
      return
    }
    response.write(Buffer.concat(lines.map(frameOf)))
    if (!isStuck) response.end()
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(join(folder, 'engine.sock'), resolve)
  await promise
  engine = createEngine(join(folder, 'engine.sock'))
})
afterAll(async () => {
  engine.close()
  server.close()
  await rm(folder, { recursive: true })
})

const frameOf = (text: string): Buffer => {
  const payload = Buffer.from(`${text}\n`)
  const head = Buffer.alloc(8)
  head[0] = 1
  head.writeUInt32BE(payload.length, 4)
  return Buffer.concat([head, payload])
}
const at = (second: number): string =>
  `2026-11-22T17:00:${String(second).padStart(2, '0')}.000000001Z`

async function read(since: string | null, follow = false, silenceMs?: number) {
  const events: ReadLogsEvent[] = []
  await readLogs(
    {
      engine,
      instance: 'abc123',
      notices: { tell: () => {} },
      ...(silenceMs === undefined ? {} : { silenceMs }),
    },
    ReadLogs.parse({ name: 'vastrox-abc123-web-1', since, tail: null, follow }),
    {
      emit: async (...more) => void events.push(...more),
      signal: AbortSignal.timeout(10_000),
      body: Readable.from([]),
    },
  )
  return events.map((event) => (event.type === 'line' ? [event.text, event.lostAfter] : event.type))
}

describe('reading on behind a line that was read before', () => {
  it('asks for that line once more, and knows by it that nothing is lacking', async () => {
    lines = [`${at(3)} three`, `${at(4)} four`, `${at(5)} five`]

    expect(await read(at(3))).toEqual([['four', undefined], ['five', undefined], 'done'])
    expect(Number(asked?.get('since'))).toBeLessThan(Date.parse('2026-11-22T17:00:03Z') / 1_000)
  })

  it('tells that it is there no longer: the engine has overwritten it, and what came behind it', async () => {
    lines = [`${at(8)} eight`, `${at(9)} nine`]

    expect(await read(at(3))).toEqual([['eight', at(3)], ['nine', undefined], 'done'])
  })

  it('tells nothing of the sort where all is wanted, nothing has come, or the line was another container’s', async () => {
    lines = [`${at(8)} eight`]
    expect(await read(null)).toEqual([['eight', undefined], 'done'])
    made = '2026-11-22T17:00:07.123456789Z'
    expect(await read(at(3))).toEqual([['eight', undefined], 'done'])
    lines = []
    expect(await read(at(3))).toEqual(['done'])
  })
})

describe('following a program that has printed very much and is silent now', () => {
  const stamp = (millisecond: number, of: number): string =>
    `2026-11-22T17:00:0${Math.floor(millisecond / 1_000)}.${String(millisecond % 1_000).padStart(3, '0')}${String(of).padStart(6, '0')}Z`

  it.each([
    ['evenly', 300],
    ['with a pause before its last line', 700],
  ])('asks the engine once: %s', async (_how, lastMs) => {
    // The second before `since` is given again: it is no news that the program was loud.
    lines = Array.from({ length: 2_999 }, (_, at) => `${stamp(100 + Math.floor(at / 10), at)} loud`)
    const since = stamp(100 + lastMs, 1)
    lines.push(`${since} the last`)
    askedTimes = 0
    const leaves = new AbortController()
    const events: ReadLogsEvent[] = []
    const reading = readLogs(
      { engine, instance: 'abc123', notices: { tell: () => {} } },
      ReadLogs.parse({ name: 'vastrox-abc123-web-1', since, tail: null, follow: true }),
      {
        emit: async (...more) => void events.push(...more),
        signal: leaves.signal,
        body: Readable.from([]),
      },
    )
    await Promise.race([reading, sleep(1_500)])
    leaves.abort()
    await expect(reading).rejects.toThrow(/abort/)

    expect(askedTimes).toBe(1)
    expect(events).toEqual([])
  })
})

it('ends where an instance is removed between two looks at it, as it does where it was removed before', async () => {
  isGone = true
  expect(await read(at(3), true)).toEqual(['done'])
  await expect(read(at(3))).rejects.toThrow('No such container')
  isGone = false
})

it('looks again where the file is written to and nothing comes: Docker may miss that it was rotated', async () => {
  const log = join(folder, 'json.log')
  lines = [`${at(3)} three`]
  isStuck = true
  isGone = false
  askedTimes = 0
  const reading = read(at(2), true, 400)
  await expect.poll(() => askedTimes).toBe(1)
  await sleep(200)
  lines = [`${at(3)} three`, `${at(4)} four`]
  // A program that goes on printing: the file is never older than a moment.
  const printing = setInterval(() => void writeFile(log, 'written after it was read last'), 30)

  await expect.poll(() => askedTimes, { timeout: 5_000 }).toBe(2)
  clearInterval(printing)
  // Nothing is written any more: it waits, as it should.
  await sleep(1_500)
  expect(askedTimes).toBe(2)
  isStuck = false
  isGone = true
  await writeFile(log, 'its last words')

  expect(await reading).toEqual([['three', undefined], ['four', undefined], 'done'])
})
