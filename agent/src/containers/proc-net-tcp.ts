import type { Listener } from '@vastrox/shared/agent-api.ts'

const LISTEN = '0A'
/** Established, or closed by the other side alone: the server still has it. */
const CONNECTED: ReadonlySet<string> = new Set(['01', '08'])
/** 127.0.0.0/8, ::1 and the first as IPv6 has it, as the tables print them. */
const LOOPBACK = /^(?:(?:0{16}FFFF0000)?[0-9A-F]{6}7F|0{24}01000000)$/

const rowsOf = (table: string): string[][] =>
  table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))

/** How many from elsewhere are connected to a port that is listened at, in tables of one network. */
export function parseConnections(tables: readonly string[]): number {
  const rows = tables.flatMap(rowsOf)
  const portOf = (place: string | undefined): string | undefined => place?.split(':')[1]
  const listening = new Set(
    rows.filter(([, , , state]) => state === LISTEN).map(([, local]) => portOf(local)),
  )
  return rows.filter(
    ([, local, remote, state = '']) =>
      CONNECTED.has(state) &&
      listening.has(portOf(local)) &&
      !LOOPBACK.test(remote?.split(':')[0] ?? ''),
  ).length
}

/** The listening sockets of a /proc/<pid>/net/tcp or tcp6 table. */
export const parseListeners = (table: string): Listener[] =>
  rowsOf(table)
    .filter((columns) => columns[3] === LISTEN)
    .map((columns) => {
      const [address = '', port = ''] = (columns[1] ?? '').split(':')
      return { address: sayAddress(address), port: Number.parseInt(port, 16) }
    })

/** The kernel prints 32-bit words in the machine's byte order, which is little-endian on x64 and arm64. */
function sayAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).toReversed().map((byte) => Number.parseInt(byte, 16)),
  )
  if (bytes.length === 4) return bytes.join('.')
  if (bytes.every((byte) => byte === 0)) return '::'
  if (bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1) return '::1'
  if (bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255)
    return `::ffff:${bytes.slice(12).join('.')}`
  const groups: string[] = []
  for (let at = 0; at < 16; at += 2)
    groups.push(((bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0)).toString(16))
  return groups.join(':')
}
