import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { CodedError } from '@vastrox/shared/errors.ts'
import { describe, expect, it } from 'vitest'
import { pktLine } from '#lib/pkt-line.ts'
import { explainReport } from './explain-report.ts'
import { readPushHead, refusal } from './push-head.ts'

const A = 'a'.repeat(40)
const first = (capabilities: string): string => `${A} ${A} refs/heads/main\0 ${capabilities}`
const bytes = Buffer.concat([
  pktLine(`shallow ${A}`),
  pktLine(first('report-status-v2 side-band-64k agent=git/2')),
  pktLine(`${A} ${A} refs/tags/v1`),
  Buffer.from('0000PACK and more'),
])

describe('the front of a push', () => {
  it.each([1, 7, 10_000])('is read and put back whole, %i bytes at a time', async (size) => {
    const chunks: Buffer[] = []
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size))
    const input = Readable.from(chunks, { objectMode: false })

    const head = await readPushHead(input)

    expect(head).toEqual({
      refs: ['refs/heads/main', 'refs/tags/v1'],
      hasSideBand: true,
      hasReport: true,
    })
    expect(await text(input)).toBe(bytes.toString())
  })

  it('is nothing where git only asks whether it is let in', async () => {
    expect(await readPushHead(Readable.from([Buffer.from('0000')]))).toBeUndefined()
    expect(await readPushHead(Readable.from([]))).toBeUndefined()
  })

  it('is put back where nothing comes behind it: the deletion of a branch', async () => {
    const input = new PassThrough()
    const alone = Buffer.concat([pktLine(first('report-status')), Buffer.from('0000')])
    input.end(alone)

    expect(await readPushHead(input)).toMatchObject({ refs: ['refs/heads/main'] })
    expect(await text(input)).toBe(alone.toString())
  })

  it('is refused where it is not git’s, is cut off, or never ends', async () => {
    const packet = pktLine('x'.repeat(60_000))
    await expect(readPushHead(Readable.from([Buffer.from('hello')]))).rejects.toThrow('not the git')
    await expect(readPushHead(Readable.from([packet]))).rejects.toThrow('not the git')
    await expect(
      readPushHead(Readable.from(Array.from({ length: 80 }, () => packet))),
    ).rejects.toMatchObject({ code: 'REQUEST_TOO_LARGE' })
  })

  it('is read in no time, however small the pieces are that it comes in', async () => {
    const refs = Array.from({ length: 2_500 }, (_, at) => pktLine(`${A} ${A} refs/heads/b${at}`))
    const head = Buffer.concat([pktLine(first('report-status')), ...refs, Buffer.from('0000')])
    const pieces = Array.from(head, (byte) => Buffer.of(byte))
    // Of the processor: beside other tests it is a matter of luck how long that is.
    const begun = process.cpuUsage()
    const read = await readPushHead(Readable.from(pieces, { objectMode: false, highWaterMark: 1 }))
    expect(read?.refs).toHaveLength(2_501)
    const { user, system } = process.cpuUsage(begun)
    expect((user + system) / 1_000).toBeLessThan(5_000)
  })

  it('is answered in git’s own form where the push is refused', () => {
    const refs = ['refs/heads/main']
    const error = new CodedError('APP_NAME_TAKEN')

    expect(refusal({ refs, hasSideBand: false, hasReport: true }, error).toString()).toBe(
      '000eunpack ok\n0039ng refs/heads/main Another app already has that name\n0000',
    )
    expect(refusal({ refs, hasSideBand: true, hasReport: true }, error).toString()).toContain(
      '\u0002 !     Another app already has that name.\n',
    )
    expect(refusal({ refs, hasSideBand: false, hasReport: false }, error)).toHaveLength(0)
  })
})

describe('git’s answer', () => {
  it('passes as it is, with an explanation before what is too short', async () => {
    const explained = new PassThrough().pipe(explainReport())
    const answer = [
      pktLine('\u0002hello\n'),
      pktLine('\u0002fatal: pack exceeds maximum allowed size\n'),
    ]
    for (const packet of answer) explained.write(packet)
    explained.end('0000')

    const given = await text(explained)

    expect(given).toContain('000b\u0002hello\n')
    expect(given).toMatch(/ ! {5}The push is too large\..*\n.*fatal: pack exceeds/)
    expect(given.endsWith('0000')).toBe(true)
  })
})
