import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'

const TYPES = { A: 1, NS: 2, CNAME: 5, TXT: 16, AAAA: 28, CAA: 257 } as const
type RecordType = keyof typeof TYPES

/** What a name has, or how it fails: `servfail`, or `silent` for no answer at all. */
export type Zone = Record<
  string,
  Partial<Record<RecordType, readonly string[]>> | 'servfail' | 'silent'
>

interface Options {
  ttl?: number
  port?: number
}

/**
 * A name server on loopback, for tests: what it says can be changed while it runs. `*.name` answers
 * for one label. CAA values are written `0 issue letsencrypt.org`.
 */
export async function createDnsServer(zone: Zone, { ttl = 300, port = 0 }: Options = {}) {
  const socket = createSocket('udp4')
  const asked: string[] = []
  const state = { zone, ttl }

  socket.on('message', (query, from) => {
    const { name, type, end } = readQuestion(query)
    const kind = nameOfType(type)
    asked.push(`${kind ?? type} ${name}`)
    const known = state.zone[name] ?? state.zone[`*${name.slice(name.indexOf('.'))}`]
    if (known === 'silent') return
    const question = query.subarray(12, end)
    const reply = (rcode: number, answers: readonly Buffer[]): void => {
      const head = Buffer.alloc(12)
      query.copy(head, 0, 0, 2)
      head.writeUInt16BE(0x8580 | rcode, 2)
      head.writeUInt16BE(1, 4)
      head.writeUInt16BE(answers.length, 6)
      socket.send(Buffer.concat([head, question, ...answers]), from.port, from.address)
    }
    if (known === 'servfail') return reply(2, [])
    if (known === undefined) return reply(hasBeneath(state.zone, name) ? 0 : 3, [])
    reply(0, answersOf(state.zone, name, kind, state.ttl))
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  socket.once('error', reject)
  socket.bind(port, '127.0.0.1', resolve)
  await promise

  return {
    port: socket.address().port,
    address: `127.0.0.1:${socket.address().port}`,
    /** Every question so far: `A example.com`. */
    asked,
    set(changes: Zone): void {
      state.zone = { ...state.zone, ...changes }
    },
    remove(name: string): void {
      const { [name]: _, ...rest } = state.zone
      state.zone = rest
    },
    close: (): Promise<void> => {
      const closed = Promise.withResolvers<void>()
      socket.close(() => closed.resolve())
      return closed.promise
    },
  }
}
export type DnsServer = Awaited<ReturnType<typeof createDnsServer>>

const hasBeneath = (zone: Zone, name: string): boolean =>
  Object.keys(zone).some((each) => each.endsWith(`.${name}`))

const nameOfType = (type: number): RecordType | undefined => {
  for (const [name, number] of Object.entries(TYPES))
    if (number === type) return isType(name) ? name : undefined
  return undefined
}
const isType = (name: string): name is RecordType => name in TYPES

/** As a resolver does it: a CNAME first, and what is asked for at its end. */
function answersOf(zone: Zone, first: string, type: RecordType | undefined, ttl: number): Buffer[] {
  const answers: Buffer[] = []
  let name = first
  for (let step = 0; step < 5; step += 1) {
    const known = zone[name] ?? zone[`*${name.slice(name.indexOf('.'))}`]
    if (known === undefined || typeof known === 'string' || type === undefined) break
    const found = known[type] ?? []
    answers.push(...found.map((value) => answer(name, type, value, ttl)))
    const [target] = known.CNAME ?? []
    if (type === 'CNAME' || found.length > 0 || target === undefined) break
    answers.push(answer(name, 'CNAME', target, ttl))
    name = target
  }
  return answers
}

function answer(name: string, type: RecordType, value: string, ttl: number): Buffer {
  const data = dataOf(type, value)
  const head = Buffer.alloc(10)
  head.writeUInt16BE(TYPES[type], 0)
  head.writeUInt16BE(1, 2)
  head.writeUInt32BE(ttl, 4)
  head.writeUInt16BE(data.length, 8)
  return Buffer.concat([nameBytes(name), head, data])
}

function dataOf(type: RecordType, value: string): Buffer {
  switch (type) {
    case 'A':
      return Buffer.from(value.split('.').map(Number))
    case 'AAAA':
      return v6Bytes(value)
    case 'CNAME':
    case 'NS':
      return nameBytes(value)
    case 'TXT':
      return textBytes(value)
    case 'CAA': {
      const [flags = '0', tag = '', ...rest] = value.split(' ')
      return Buffer.concat([
        Buffer.from([Number(flags), tag.length]),
        Buffer.from(tag + rest.join(' ')),
      ])
    }
    default:
      return type satisfies never
  }
}

function v6Bytes(address: string): Buffer {
  if (!isIPv6(address)) throw new Error(`${address} is no IPv6 address`)
  const [before = '', after] = address.split('::')
  const words = (text: string): string[] => (text === '' ? [] : text.split(':'))
  const [left, right] = [words(before), words(after ?? '')]
  const middle = after === undefined ? [] : Array<string>(8 - left.length - right.length).fill('0')
  const bytes = Buffer.alloc(16)
  for (const [at, word] of [...left, ...middle, ...right].entries())
    bytes.writeUInt16BE(Number.parseInt(word, 16), at * 2)
  return bytes
}

/** Long ones in parts of 200, as providers write them. */
const textBytes = (text: string): Buffer =>
  Buffer.concat(
    (text.match(/.{1,200}/gs) ?? ['']).map((part) =>
      Buffer.concat([Buffer.from([part.length]), Buffer.from(part)]),
    ),
  )

const nameBytes = (name: string): Buffer =>
  Buffer.concat([
    ...name
      .split('.')
      .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ])

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 }
}
