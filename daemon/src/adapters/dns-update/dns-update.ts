import { randomInt } from 'node:crypto'
import { Resolver } from 'node:dns/promises'
import { connect, isIP } from 'node:net'
import { CodedError } from '@vastrox/shared/errors.ts'
import { isOperatorsAddress } from '@vastrox/shared/node/public-address.ts'
import { createGuardedAddresses } from '#adapters/system/guarded-addresses.ts'
import type { DnsChange, DnsUpdate } from '#ports/dns-update.ts'
import { CLASS, readAnswer, record, TYPE, textData, updateMessage } from './message.ts'
import { problemOfAnswer, signMessage } from './tsig.ts'

const TIMEOUT_MS = 15_000
const MAX_ANSWER_BYTES = 65_535

const CODES: Readonly<Record<number, string>> = {
  1: 'it could not read the update (FORMERR)',
  2: 'it failed (SERVFAIL)',
  4: 'it takes no updates (NOTIMP)',
  5: 'it refuses the update (REFUSED): may the key change this name?',
  9: 'it does not look after that zone, or does not accept the key (NOTAUTH)',
  10: 'the name lies outside of the zone (NOTZONE)',
}

/** Over TCP: an update is more than one packet may hold once it is signed. */
export function createDnsUpdate({ now }: { now: () => Date }): DnsUpdate {
  return {
    async change(change, signal) {
      const { server, key } = change
      const id = randomInt(0x10000)
      const message = updateMessage(id, change.zone, recordsOf(change))
      const { signed, mac } = key
        ? signMessage(message, key, now())
        : { signed: message, mac: undefined }
      const failed = (reason: string, cause?: unknown): CodedError =>
        new CodedError('DNS_PROVIDER_FAILED', { reason: `${server}: ${reason}.` }, { cause })
      let reply: Buffer
      try {
        reply = await exchange(await placeOf(server, signal), signed, signal)
      } catch (cause) {
        if (signal.aborted) throw cause
        throw failed(cause instanceof Error ? cause.message : String(cause), cause)
      }
      let problem: string | undefined
      try {
        const answer = readAnswer(reply)
        if (answer.id !== id) throw new Error('the answer is to another question')
        const about = key && mac ? problemOfAnswer(reply, answer, key, mac) : undefined
        problem =
          answer.code === 0
            ? about
            : answer.signature && about
              ? about
              : (CODES[answer.code] ?? `it answers with code ${answer.code}`)
      } catch (cause) {
        throw failed(`the answer cannot be read`, cause)
      }
      if (problem !== undefined) throw failed(problem)
    },

    async texts(server, name, signal) {
      const { host, port } = await placeOf(server, signal)
      const resolver = new Resolver({ timeout: 3_000, tries: 2 })
      resolver.setServers([isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`])
      const stop = (): void => resolver.cancel()
      signal.addEventListener('abort', stop)
      try {
        return (await resolver.resolveTxt(name)).map((parts) => parts.join(''))
      } catch (error) {
        if (signal.aborted) throw signal.reason
        const code = error instanceof Error && 'code' in error ? error.code : undefined
        if (code === 'ENODATA' || code === 'ENOTFOUND') return []
        throw new CodedError(
          'DNS_PROVIDER_FAILED',
          { reason: `${server} does not answer for ${name}.` },
          { cause: error },
        )
      } finally {
        signal.removeEventListener('abort', stop)
      }
    },
  }
}

function recordsOf({ add, remove }: DnsChange): Buffer {
  if (add) return record(add.name, TYPE.TXT, CLASS.IN, add.ttlSeconds, textData(add.value))
  if (remove) return record(remove.name, TYPE.TXT, CLASS.NONE, 0, textData(remove.value))
  throw new Error('there is nothing to change')
}

/** The operator names it, and it mostly is inside; looked up once, as everywhere (rule C11). */
const addresses = createGuardedAddresses({
  allowed: () => [],
  lowPorts: [53],
  isUsable: isOperatorsAddress,
})

async function placeOf(
  server: string,
  signal: AbortSignal,
): Promise<{ host: string; port: number }> {
  const [, bracketed, plain, port = '53'] =
    /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(server) ?? []
  const host = bracketed ?? plain ?? server
  const [address = host] = await addresses.resolve(host, Number(port), signal)
  return { host: address, port: Number(port) }
}

function exchange(
  place: { host: string; port: number },
  message: Buffer,
  signal: AbortSignal,
): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const socket = connect(place)
  const chunks: Buffer[] = []
  let size = 0
  const end = (settle: () => void): void => {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
    socket.destroy()
    settle()
  }
  const timer = setTimeout(() => end(() => reject(new Error('no answer'))), TIMEOUT_MS)
  const onAbort = (): void => end(() => reject(signal.reason))
  signal.addEventListener('abort', onAbort)
  socket.once('error', (error) => end(() => reject(error)))
  socket.once('close', () => end(() => reject(new Error('it hung up without an answer'))))
  socket.once('connect', () => {
    const length = Buffer.alloc(2)
    length.writeUInt16BE(message.length)
    socket.write(Buffer.concat([length, message]))
  })
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    size += chunk.length
    if (size > MAX_ANSWER_BYTES + 2) return end(() => reject(new Error('the answer has no end')))
    const all = Buffer.concat(chunks)
    if (all.length < 2 || all.length < 2 + all.readUInt16BE(0)) return
    end(() => resolve(all.subarray(2, 2 + all.readUInt16BE(0))))
  })
  return promise
}
