import { isIPv4 } from 'node:net'

/** 4 or 16 bytes of an address. */
export function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number))
  // The URL parser writes every IPv6 address the same way, in hex words only.
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = '', tail] = text.split('::')
  const words = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const before = words(head)
  const after = words(tail ?? '')
  const gap = tail === undefined ? 0 : 8 - before.length - after.length
  const all = [...before, ...Array.from({ length: gap }, () => '0'), ...after]
  return Buffer.from(
    all.flatMap((word) => {
      const value = Number.parseInt(word, 16)
      return [value >> 8, value & 0xff]
    }),
  )
}
