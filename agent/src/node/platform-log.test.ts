import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import {
  type PlatformLogLine,
  ReadPlatformLog,
  type ReadPlatformLogEvent,
} from '@vastrox/shared/agent-api-platform-log.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { linesBackwards } from '#agent/node/lines-backwards.ts'
import { readPlatformLog } from '#agent/node/platform-log.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vastrox-process-logs-'))
})
afterEach(() => rm(directory, { recursive: true }))

const at = (second: number): string => `2026-11-27T03:00:${String(second).padStart(2, '0')}.000Z`
const said = (second: number, event: string): string =>
  `${JSON.stringify({ at: at(second), event })}\n`
const write = (name: string, ...lines: string[]): Promise<void> =>
  writeFile(join(directory, name), lines.join(''))

async function read(wish: Partial<ReadPlatformLog> = {}, hasSystemd = false) {
  const events: ReadPlatformLogEvent[] = []
  const input = ReadPlatformLog.parse({ processes: [], from: null, to: null, ...wish })
  await readPlatformLog({ directory, hasSystemd: () => hasSystemd }, input, {
    emit: async (event) => void events.push(event),
    signal: AbortSignal.timeout(20_000),
    body: Readable.from([]),
  })
  expect(events.at(-1)).toEqual({ type: 'done' })
  return events.flatMap((event) => (event.type === 'lines' ? event.lines : []))
}
const shown = (lines: readonly PlatformLogLine[]) =>
  lines.map(({ process, at: time, text }) => `${process} ${time.slice(17, 19)} ${text}`)

describe('what the processes of Vastrox print', () => {
  it('is given newest first, over all of them and what was put away of each', async () => {
    await write('daemon.log.1', said(1, 'old'))
    await write('daemon.log', said(3, 'three'), said(6, 'six'))
    await write('supervisor.log', `${at(2)} it begins\n`, `${at(5)} agent ended\n`)
    await write('proxy-0.log', `{"time":"${at(0)}","message":"up"}\n`)
    await write('dockerd.log', `time="2026-11-27T04:00:04.5+01:00" level=info msg="up"\n`)

    expect(shown(await read()).map((line) => line.slice(0, 16))).toEqual([
      'daemon 06 {"at":',
      'supervisor 05 20',
      'dockerd 04 time=',
      'daemon 03 {"at":',
      'supervisor 02 20',
      'daemon 01 {"at":',
      'proxy-0 00 {"tim',
    ])
    expect((await read({ processes: ['supervisor'] })).map(({ text }) => text)).toEqual([
      `${at(5)} agent ended`,
      `${at(2)} it begins`,
    ])
    const some = await read({ from: at(3), to: at(5) })
    expect(some.map((line) => line.at.slice(17, 19))).toEqual(['05', '04', '03'])
  })

  it('a stack has the time of the line in front of it, and what has no end yet is left', async () => {
    await write('agent.log', said(1, 'ready'), said(2, 'bug'), 'Error: x\n', '    at y\n')
    await appendFile(join(directory, 'agent.log'), '{"at":"2026-11-27T03:00:09')

    expect(shown(await read()).slice(0, 3)).toEqual([
      'agent 02     at y',
      'agent 02 Error: x',
      `agent 02 ${said(2, 'bug').trim()}`,
    ])
  })

  it('lines that have no time at all are the same whenever they are asked for', async () => {
    await write('dockerd.log', 'panic: x\n', 'goroutine 1\n')

    expect((await read()).map((line) => [line.at.slice(0, 4), line.text])).toEqual([
      ['1970', 'goroutine 1'],
      ['1970', 'panic: x'],
    ])
    expect(await read({ from: at(1) })).toEqual([])
  })

  it('comes from no other file, whatever is asked for', async () => {
    await write('secrets.log', said(1, 'secret'))
    await write('daemon.log', said(1, 'one'))

    expect((await read()).map(({ process }) => process)).toEqual(['daemon'])
    for (const process of ['secrets', '../agent/fencing', 'daemon.log', 'proxy-64', ''])
      expect(
        ReadPlatformLog.safeParse({ processes: [process], from: null, to: null }).success,
      ).toBe(false)
  })

  it('is said to be in the journal where systemd runs them', async () => {
    await expect(read({}, true)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' })
  })
})

it('a file of megabytes is read backwards line by line, however long lines are', async () => {
  const lines = Array.from({ length: 40_000 }, (_, index) => `${index} ${'é'.repeat(index % 90)}`)
  lines[20_000] = 'x'.repeat(400_000)
  await writeFile(join(directory, 'long.log'), `${lines.join('\n')}\n`)

  const found: string[] = []
  for await (const some of linesBackwards(join(directory, 'long.log'))) found.push(...some)

  lines[20_000] = 'x'.repeat(16_384)
  expect(found).toEqual(lines.toReversed())
  expect((await linesBackwards(join(directory, 'none.log')).next()).done).toBe(true)
})
