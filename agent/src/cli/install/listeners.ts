import { readdir, readFile, readlink } from 'node:fs/promises'

export interface PortHolder {
  port: number
  /** Unknown where the process belongs to another pid namespace. */
  pid?: number
  program?: string
}

const LISTEN = '0A'

/** Who listens on any of these TCP ports of this machine, by /proc: no tool is needed for it. */
export async function holdersOf(ports: readonly number[]): Promise<PortHolder[]> {
  const sockets = (await Promise.all(['tcp', 'tcp6'].map(listeningSockets)))
    .flat()
    .filter(({ port }) => ports.includes(port))
  if (sockets.length === 0) return []
  const owners = await ownersOf(new Set(sockets.map(({ inode }) => inode)))
  const byPort = new Map<number, PortHolder>()
  for (const { port, inode } of sockets) byPort.set(port, { port, ...owners.get(inode) })
  return [...byPort.values()]
}

async function listeningSockets(table: string): Promise<{ port: number; inode: string }[]> {
  const text = await readFile(`/proc/net/${table}`, 'utf8').catch(() => '')
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === LISTEN)
    .map((fields) => ({
      port: Number.parseInt(fields[1]?.split(':')[1] ?? '', 16),
      inode: fields[9] ?? '',
    }))
}

async function ownersOf(
  inodes: Set<string>,
): Promise<Map<string, { pid: number; program: string }>> {
  const owners = new Map<string, { pid: number; program: string }>()
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    // A process may end while we look, and those of others need root.
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => [])
    for (const fd of descriptors) {
      const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1]
      if (inode === undefined || !inodes.has(inode) || owners.has(inode)) continue
      const program = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'unknown')).trim()
      owners.set(inode, { pid: Number(pid), program })
    }
  }
  return owners
}
