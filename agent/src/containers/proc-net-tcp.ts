import type { Listener } from '@vastrox/shared/agent-api.ts'

const LISTEN = '0A'

/** The listening sockets of a /proc/<pid>/net/tcp or tcp6 table. */
export const parseListeners = (table: string): Listener[] =>
  table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
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
