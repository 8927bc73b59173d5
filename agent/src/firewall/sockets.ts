import { readdir, readFile, readlink } from 'node:fs/promises'

/** A socket of this network namespace. */
export interface HostSocket {
  protocol: 'tcp' | 'udp'
  address: string
  port: number
  remoteAddress: string
  remotePort: number
  state: 'listening' | 'established' | 'other'
  inode: string
}

const TABLES = [
  ['tcp', 'tcp'],
  ['tcp6', 'tcp'],
  ['udp', 'udp'],
  ['udp6', 'udp'],
] as const
const LISTEN = '0A'
const ESTABLISHED = '01'
/** A datagram socket that is bound and connected to nobody. */
const UNCONNECTED = '07'

export async function readSockets(): Promise<HostSocket[]> {
  const found = await Promise.all(
    TABLES.map(async ([file, protocol]) =>
      // A kernel without IPv6 has no such table.
      parseSockets(await readFile(`/proc/self/net/${file}`, 'utf8').catch(() => ''), protocol),
    ),
  )
  return found.flat()
}

export const parseSockets = (table: string, protocol: 'tcp' | 'udp'): HostSocket[] =>
  table
    .split('\n')
    .slice(1)
    .map((row) => row.trim().split(/\s+/))
    .filter((columns) => columns.length > 9)
    .map((columns) => {
      const [address = '', port = ''] = (columns[1] ?? '').split(':')
      const [remoteAddress = '', remotePort = ''] = (columns[2] ?? '').split(':')
      return {
        protocol,
        address: sayHex(address),
        port: Number.parseInt(port, 16),
        remoteAddress: sayHex(remoteAddress),
        remotePort: Number.parseInt(remotePort, 16),
        state: stateOf(protocol, columns[3] ?? ''),
        inode: columns[9] ?? '',
      }
    })

function stateOf(protocol: 'tcp' | 'udp', code: string): HostSocket['state'] {
  if (code === (protocol === 'tcp' ? LISTEN : UNCONNECTED)) return 'listening'
  return code === ESTABLISHED ? 'established' : 'other'
}

/** Words of 32 bits in the machine's byte order, which is little-endian on x64 and arm64. */
function sayHex(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).toReversed().map((byte) => Number.parseInt(byte, 16)),
  )
  if (bytes.length === 4) return bytes.join('.')
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255
  if (isMapped && bytes[11] === 255) return bytes.slice(12).join('.')
  const groups = Array.from({ length: 8 }, (_, at) =>
    ((bytes[2 * at] ?? 0) * 256 + (bytes[2 * at + 1] ?? 0)).toString(16),
  )
  return groups.join(':')
}

export const isLoopback = (address: string): boolean =>
  address.startsWith('127.') || address === '0:0:0:0:0:0:0:1'

/** Inode of each socket → the name of a process that holds it. Reads every process: not for every second. */
export async function readOwners(): Promise<Map<string, string>> {
  const owners = new Map<string, string>()
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  for (const pid of pids) {
    const inodes = await socketsOf(pid)
    if (inodes.length === 0) continue
    const name = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim()
    for (const inode of inodes) if (!owners.has(inode) || name === 'sshd') owners.set(inode, name)
  }
  return owners
}

/** What sshd calls its processes of a connection before anybody has signed in over it. */
const BEFORE_SIGN_IN = /\[(accepted|net)\]|^\S*sshd\S* (.* )?-R( |$)/

/**
 * Inodes of the sockets that sshd has accepted and over which nobody has signed in yet: whoever finds
 * the port holds one for two minutes.
 */
export async function readStrangers(proc = '/proc'): Promise<Set<string>> {
  const strangers = new Set<string>()
  const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')
  for (const pid of (await readdir(proc)).filter((name) => /^\d+$/.test(name))) {
    const name = (await read(`${proc}/${pid}/comm`)).trim()
    if (!name.startsWith('sshd')) continue
    const title = (await read(`${proc}/${pid}/cmdline`)).replaceAll('\0', ' ').trim()
    if (name !== 'sshd-auth' && !BEFORE_SIGN_IN.test(title)) continue
    for (const inode of await socketsOf(pid, proc)) strangers.add(inode)
  }
  return strangers
}

async function socketsOf(pid: string, proc = '/proc'): Promise<string[]> {
  // It may end while we look.
  const names = await readdir(`${proc}/${pid}/fd`).catch(() => [])
  const links = await Promise.all(
    names.map((name) => readlink(`${proc}/${pid}/fd/${name}`).catch(() => '')),
  )
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? [])
}
