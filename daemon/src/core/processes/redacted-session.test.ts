import { createRedactor } from '@vastrox/shared/node/redactor.ts'
import { describe, expect, it } from 'vitest'
import { redactedSession } from '#core/processes/redacted-session.ts'
import type { Session, SessionOutput } from '#ports/session.ts'

async function shown(chunks: readonly [SessionOutput['stream'], Uint8Array][]) {
  const session: Session = {
    write: async () => {},
    end: () => {},
    resize: () => {},
    signal: () => {},
    output: (async function* () {
      for (const [stream, bytes] of chunks) yield { stream, bytes }
    })(),
    exit: Promise.resolve({ exitCode: 0, oomKilled: false }),
  }
  const printed = { stdout: '', stderr: '' }
  const hidden = redactedSession(session, () => createRedactor(['sesame-öpen']))
  for await (const { stream, bytes } of hidden.output)
    printed[stream] += Buffer.from(bytes).toString()
  return printed
}

describe('what a command prints for somebody who may not see env values', () => {
  it('has none of them, however it is cut: within a word, within a character, in two streams', async () => {
    const text = Buffer.from('a sesame-öpen b')
    const errors = Buffer.from(Buffer.from('sesame-öpen').toString('base64'))
    const pieces = (bytes: Buffer, stream: SessionOutput['stream']) =>
      [...bytes].map((byte): [SessionOutput['stream'], Uint8Array] => [stream, Buffer.of(byte)])

    const printed = await shown([...pieces(text, 'stdout'), ...pieces(errors, 'stderr')])

    expect(printed).toEqual({ stdout: 'a [redacted] b', stderr: '[redacted]' })
  })

  it('is otherwise all there, in the end', async () => {
    expect(await shown([['stdout', Buffer.from('ends with sesa')]])).toEqual({
      stdout: 'ends with sesa',
      stderr: '',
    })
  })
})
