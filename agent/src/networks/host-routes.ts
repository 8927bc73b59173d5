import { readFile } from 'node:fs/promises'
import { type Subnet, toNumber } from '#agent/networks/ipv4.ts'

/** Where this machine sends packets already; the default route says nothing about a subnet. */
export const readHostRoutes = async (): Promise<Subnet[]> =>
  parseRoutes(await readFile('/proc/net/route', 'utf8'))

/** /proc/net/route: little-endian hex of destination (column 2) and mask (column 8). */
export const parseRoutes = (text: string): Subnet[] =>
  text
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'))
    .filter((columns) => columns.length > 7)
    .map((columns) => ({
      base: littleEndian(columns[1] ?? ''),
      bits: bitsOf(littleEndian(columns[7] ?? '')),
    }))
    .filter((route) => route.bits > 0)

const littleEndian = (hex: string): number =>
  toNumber([6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2) || '0', 16)).join('.'))

const bitsOf = (mask: number): number => mask.toString(2).replaceAll('0', '').length
