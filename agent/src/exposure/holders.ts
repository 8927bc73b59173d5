import { readdir, readFile, readlink } from 'node:fs/promises'

/** The process behind a socket. */
export interface Holder {
  pid: number
  /** Of the program; the script's where it is one of ours. */
  name: string
  /** Path of the program. */
  program: string
  commandLine: readonly string[]
  user: string | null
  unit: string | null
  /** 64 hex digits where it runs in a container of an engine. */
  containerId: string | null
}

/** Programs that hold sockets for others: whoever else has the same socket is meant. */
const KEEPERS = new Set(['systemd', 'init', 'supervisor'])

/** Inode of each socket → who holds it. Reads every process: not for every second. */
export async function readHolders(proc = '/proc'): Promise<Map<string, Holder>> {
  const users = await readUsers()
  const holders = new Map<string, Holder>()
  const pids = (await readdir(proc)).filter((name) => /^\d+$/.test(name)).map(Number)
  for (const pid of pids.toSorted((one, other) => one - other)) {
    const inodes = await socketsOf(proc, pid)
    if (inodes.length === 0) continue
    const holder = await describe(proc, pid, users)
    for (const inode of inodes) {
      const known = holders.get(inode)
      if (!known || KEEPERS.has(known.name)) holders.set(inode, holder)
    }
  }
  return holders
}

async function socketsOf(proc: string, pid: number): Promise<string[]> {
  // It may end while we look.
  const names = await readdir(`${proc}/${pid}/fd`).catch(() => [])
  const links = await Promise.all(
    names.map((name) => readlink(`${proc}/${pid}/fd/${name}`).catch(() => '')),
  )
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? [])
}

async function describe(
  proc: string,
  pid: number,
  users: ReadonlyMap<string, string>,
): Promise<Holder> {
  const read = (name: string): Promise<string> =>
    readFile(`${proc}/${pid}/${name}`, 'utf8').catch(() => '')
  const [comm, line, status, groups, program] = await Promise.all([
    read('comm'),
    read('cmdline'),
    read('status'),
    read('cgroup'),
    readlink(`${proc}/${pid}/exe`).catch(() => ''),
  ])
  const commandLine = line.split('\0').filter((word) => word !== '')
  const uid = /^Uid:\s+(\d+)/m.exec(status)?.[1]
  return {
    pid,
    name: ourScript(program, commandLine) ?? comm.trim(),
    program: program.replace(/ \(deleted\)$/, ''),
    commandLine,
    user: uid === undefined ? null : (users.get(uid) ?? uid),
    unit: unitOf(groups),
    containerId: containerOf(groups),
  }
}

/** Node is what all of ours are called by the kernel. */
function ourScript(program: string, commandLine: readonly string[]): string | undefined {
  if (!/\/node( \(deleted\))?$/.test(program)) return undefined
  const script = commandLine.slice(1).find((word) => !word.startsWith('-'))
  return script
    ?.split('/')
    .at(-1)
    ?.replace(/\.m?[jt]s$/, '')
}

/** `docker/<id>`, `docker-<id>.scope`; also those of containerd, podman and CRI-O. */
export const containerOf = (groups: string): string | null =>
  /(?:docker|libpod|crio|cri-containerd)[-/]([0-9a-f]{64})/.exec(groups)?.[1] ?? null

/** The innermost unit. */
export const unitOf = (groups: string): string | null =>
  [...groups.matchAll(/([^/\n:]+\.(?:service|socket|scope))(?=\/|$)/gm)]
    .map(([, unit = '']) => unit)
    .at(-1) ?? null

async function readUsers(): Promise<Map<string, string>> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '')
  return new Map(
    text.split('\n').flatMap((line) => {
      const [name, , uid] = line.split(':')
      return name && uid ? [[uid, name]] : []
    }),
  )
}
