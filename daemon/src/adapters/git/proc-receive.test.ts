import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { FLUSH, pktLine } from '#lib/pkt-line.ts'
import { encodeVerdicts, readPush } from './proc-receive.ts'

const A = 'a'.repeat(40)
const NONE = '0'.repeat(40)
const asked = (...parts: (string | Buffer)[]): Readable =>
  Readable.from([
    Buffer.concat(parts.map((part) => (Buffer.isBuffer(part) ? part : pktLine(part)))),
  ])

describe('the proc-receive protocol (githooks(5), version 1)', () => {
  it('gives the commands and the push options', async () => {
    const answers: string[] = []
    const push = await readPush(
      asked(
        'version=1\0atomic push-options\n',
        FLUSH,
        `${NONE} ${A} refs/heads/main\n`,
        `${A} ${NONE} refs/heads/old\n`,
        FLUSH,
        'dry-run',
        'no-cache',
        FLUSH,
      ),
      (bytes) => answers.push(bytes.toString()),
    )

    expect(push).toEqual({
      commands: [
        { ref: 'refs/heads/main', oldSha: undefined, newSha: A },
        { ref: 'refs/heads/old', oldSha: A, newSha: undefined },
      ],
      options: ['dry-run', 'no-cache'],
    })
    expect(answers).toEqual(['001bversion=1\0push-options\n0000'])
  })

  it('does not wait for options that were not announced', async () => {
    const push = await readPush(
      asked('version=1\0\n', FLUSH, `${NONE} ${A} refs/heads/main\n`, FLUSH),
      () => {},
    )

    expect(push.options).toEqual([])
  })

  it.each([
    ['another version', ['version=2\0\n', FLUSH]],
    ['a push that is cut off', ['version=1\0\n', FLUSH, `${NONE} ${A} refs/heads/main\n`]],
    ['a command that is none', ['version=1\0\n', FLUSH, 'refs/heads/main\n', FLUSH]],
    ['bytes that are no packets', [Buffer.from('hello')]],
  ])('refuses %s', async (_what, parts) => {
    await expect(readPush(asked(...parts), () => {})).rejects.toThrow(
      /proc-receive|middle|cannot be read|git protocol/,
    )
  })

  it('says each verdict in the order of the commands, and refuses what was not decided', () => {
    const command = (ref: string) => ({ ref, oldSha: undefined, newSha: A })
    const bytes = encodeVerdicts(['a', 'b', 'c', 'd', 'e'].map(command), [
      { ref: 'd', result: 'shown', shownAs: 'refs/dry-run/d' },
      { ref: 'a', result: 'moved' },
      { ref: 'b', result: 'left-to-git' },
      { ref: 'c', result: 'refused', reason: 'two\nlines' },
    ])

    expect(bytes.toString().replaceAll(/00[0-9a-f]{2}/g, '|')).toBe(
      '|ok a\n|ok b\n|option fall-through\n|ng c two lines\n|ok d\n|option refname refs/dry-run/d\n|ng e not decided\n|',
    )
  })
})
