import { PassThrough } from 'node:stream'
import type { SessionInput } from '@vastrox/shared/node/session-frames.ts'
import { expect, it } from 'vitest'
import { terminalOf } from '#ssh/console-session.ts'
import type { Session } from '#ssh/session.ts'

it('A client that sends windows, signals and keys that nobody takes is held back', async () => {
  const input = new PassThrough()
  const output = new PassThrough()
  let sendWindow: Parameters<Session['onWindow']>[0] = () => {}
  let sendSignal: Parameters<Session['onSignal']>[0] = () => {}
  const terminal = terminalOf(
    {
      command: '',
      pty: { size: { columns: 80, rows: 24 }, term: 'xterm' },
      origin: { kind: 'connection', begunAt: '2026-01-01T00:00:00.000Z', address: '192.0.2.7' },
      gitProtocol: undefined,
      input,
      output,
      errorOutput: output,
      gone: new AbortController().signal,
      onWindow: (listener) => {
        sendWindow = listener
      },
      onSignal: (listener) => {
        sendSignal = listener
      },
      print: () => Promise.resolve(),
      printError: () => Promise.resolve(),
    },
    () => {},
  )
  terminal.started()
  for (let rows = 1; rows <= 5_000; rows += 1) sendWindow({ columns: 80, rows })
  for (let times = 0; times < 5_000; times += 1) sendSignal('SIGINT')
  for (let times = 0; times < 5_000; times += 1) input.emit('data', Buffer.from('x'))
  expect(input.isPaused()).toBe(true)

  const taken: SessionInput[] = []
  for await (const one of terminal.input) {
    taken.push(one)
    if (taken.length === 1_000) break
  }
  expect(taken[0]).toEqual({ type: 'window', columns: 80, rows: 5_000 })
  expect(taken.filter(({ type }) => type === 'window')).toHaveLength(1)
  expect(taken.filter(({ type }) => type === 'signal').length).toBeLessThan(1_000)
})
