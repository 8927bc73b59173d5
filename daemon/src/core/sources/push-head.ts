import type { Readable } from 'node:stream'
import { CodedError, hintOf, sayError } from '@vastrox/shared/errors.ts'
import {
  dataPackets,
  FLUSH,
  payloadText,
  pktLine,
  PktLineError,
  progressPackets,
  takePacket,
} from '#lib/pkt-line.ts'

/** The commands at the front of a push, before its pack. */
export interface PushHead {
  refs: string[]
  /** What the client can read besides the bare report. */
  hasSideBand: boolean
  hasReport: boolean
}

const MAX_HEAD_BYTES = 4 * 2 ** 20
const FIRST_BYTES = 16_384

/**
 * Reads the commands and puts them back, so that git finds the input whole. Gives undefined where
 * there are none: git asks so whether it is let in before it sends a large pack.
 */
export async function readPushHead(input: Readable): Promise<PushHead | undefined> {
  const bytes = await readUntilFlush(input)
  const lines: string[] = []
  let at = 0
  for (let taken = takePacket(bytes, at); taken; taken = takePacket(bytes, at)) {
    if (taken.packet.type === 'flush') break
    lines.push(payloadText(taken.packet.payload))
    at = taken.used
  }
  const commands = lines.filter((line) => /^[0-9a-f]{40,64} /.test(line))
  const [first] = commands
  if (first === undefined) return undefined
  const [, capabilities = ''] = first.split('\0')
  const words = capabilities.trim().split(' ')
  return {
    refs: commands.flatMap((line) => /^\S+ \S+ ([^\0]+)/.exec(line)?.[1] ?? []),
    hasSideBand: words.includes('side-band-64k'),
    hasReport: words.some((word) => word.startsWith('report-status')),
  }
}

/** Up to the first flush at least; more may have come with it. */
function readUntilFlush(input: Readable): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  let held = Buffer.allocUnsafe(FIRST_BYTES)
  let length = 0
  /** Whole packets up to here have been looked at, and none of them was the flush. */
  let looked = 0

  /** With room for as much again: a client may send its 4 MB a byte at a time. */
  function keep(chunk: Buffer): void {
    if (length + chunk.length > held.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * held.length, length + chunk.length))
      held.copy(larger, 0, 0, length)
      held = larger
    }
    chunk.copy(held, length)
    length += chunk.length
  }

  function hasFlush(): boolean {
    const bytes = held.subarray(0, length)
    for (let taken = takePacket(bytes, looked); taken; taken = takePacket(bytes, looked)) {
      if (taken.packet.type === 'flush') return true
      looked = taken.used
    }
    return false
  }

  function settle(error?: unknown): void {
    input.off('readable', onReadable)
    input.off('end', onEnd)
    input.off('error', onError)
    input.off('close', onClose)
    if (error !== undefined) return reject(error)
    const bytes = held.subarray(0, length)
    // At once: a tick later the end of a short one has been told, and nothing can be put back.
    if (bytes.length > 0 && !input.readableEnded) input.unshift(bytes)
    resolve(bytes)
  }
  function onReadable(): void {
    for (let chunk: unknown = input.read(); chunk !== null; chunk = input.read()) {
      if (!Buffer.isBuffer(chunk)) continue
      keep(chunk)
      try {
        if (hasFlush()) return settle()
      } catch (error) {
        return settle(error)
      }
      if (length > MAX_HEAD_BYTES)
        return settle(
          new CodedError('REQUEST_TOO_LARGE', { reason: 'The push has too many refs.' }),
        )
    }
  }
  const onEnd = (): void => settle(length === 0 ? undefined : new PktLineError())
  const onError = (error: Error): void => settle(error)
  const onClose = (): void => settle(new PktLineError())

  input.on('readable', onReadable)
  input.on('end', onEnd)
  input.on('error', onError)
  input.on('close', onClose)
  onReadable()
  return promise
}

/** git's own report, that none of the commands was taken and why. */
export function refusal({ refs, hasSideBand, hasReport }: PushHead, error: CodedError): Buffer {
  const reason = sayError(error)
  const report = hasReport
    ? Buffer.concat([
        pktLine('unpack ok\n'),
        ...refs.map((ref) => pktLine(`ng ${ref} ${reason.replace(/\.$/, '')}\n`)),
        FLUSH,
      ])
    : Buffer.alloc(0)
  if (!hasSideBand) return report
  const lines = [reason, hintOf(error.code)].filter((line) => line !== undefined)
  return Buffer.concat([
    progressPackets(lines.map((line) => ` !     ${line}\n`).join('')),
    dataPackets(report),
    FLUSH,
  ])
}
