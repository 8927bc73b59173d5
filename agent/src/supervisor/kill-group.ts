import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * A control group that holds a process and everything it ever starts, also what made a session or a
 * process group of its own (as every git and restic does, see run()), so that after its death nothing
 * of it is left running.
 */
export interface KillGroup {
  /** Must be called right after the start, before the process can start anything. */
  add(pid: number): void
  /** Kills everything that is still in it and removes it. */
  end(): Promise<void>
}

export interface KillGroups {
  /** False where the control groups of the host cannot be written: then only process groups are ended. */
  available: boolean
  create(name: string): KillGroup
  /** Ends what a supervisor that was killed left behind. */
  endLeftovers(): Promise<void>
}

const END_TIMEOUT_MS = 5_000

export function openKillGroups(instance: string, root = findControlGroupRoot()): KillGroups {
  const base = root && makeBase(`${root}/vastrox-${instance}`)
  if (base === undefined) return { available: false, create: processGroup, endLeftovers: nothing }
  return {
    available: true,
    create(name) {
      const path = `${base}/${name}`
      mkdirSync(path, { recursive: true })
      return { add: (pid) => enter(path, pid), end: () => endControlGroup(path) }
    },
    async endLeftovers() {
      for (const entry of readdirSync(base, { withFileTypes: true }))
        if (entry.isDirectory()) await endControlGroup(`${base}/${entry.name}`)
    },
  }
}

/** Takes the instance's own directory away, once nothing runs any more. */
export function removeKillGroups(instance: string, root = findControlGroupRoot()): void {
  if (root === undefined || !existsSync(`${root}/vastrox-${instance}`)) return
  rmdirSync(`${root}/vastrox-${instance}`)
}

/** Version 2 first (it kills a group in one step), else any hierarchy of version 1 that limits nothing by itself. */
export function findControlGroupRoot(
  mounts = readFileSync('/proc/mounts', 'utf8'),
): string | undefined {
  const lines = mounts.split('\n').map((line) => line.split(' '))
  const mountOf = (type: string, option: RegExp): string | undefined =>
    lines.find((fields) => fields[2] === type && option.test(fields[3] ?? ''))?.[1]
  return (
    mountOf('cgroup2', /\brw\b/) ?? mountOf('cgroup', /\brw\b.*\b(pids|freezer|name=systemd)\b/)
  )
}

function makeBase(path: string): string | undefined {
  try {
    mkdirSync(path, { recursive: true })
    return path
  } catch {
    // Reported by `available`, which doctor shows.
    return undefined
  }
}

function enter(path: string, pid: number): void {
  try {
    writeFileSync(`${path}/cgroup.procs`, String(pid))
  } catch (error) {
    // ESRCH: it ended already, and had no time to start anything.
    if (!hasCode(error, 'ESRCH')) throw error
  }
}

async function endControlGroup(path: string): Promise<void> {
  const until = Date.now() + END_TIMEOUT_MS
  while (Date.now() < until) {
    killMembers(path)
    try {
      rmdirSync(path)
      return
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return
      if (!hasCode(error, 'EBUSY')) throw error
    }
    await sleep(10)
  }
}

function killMembers(path: string): void {
  try {
    if (existsSync(`${path}/cgroup.kill`)) writeFileSync(`${path}/cgroup.kill`, '1')
    else for (const pid of membersOf(path)) process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!hasCode(error, 'ESRCH') && !hasCode(error, 'ENOENT') && !hasCode(error, 'ENODEV'))
      throw error
  }
}

const membersOf = (path: string): number[] =>
  readFileSync(`${path}/cgroup.procs`, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && line !== '0')
    .map(Number)

/** Without control groups: the process group at least. */
function processGroup(): KillGroup {
  let leader: number | undefined
  return {
    add: (pid) => {
      leader = pid
    },
    end: async () => {
      if (leader === undefined) return
      try {
        process.kill(-leader, 'SIGKILL')
      } catch (error) {
        if (!hasCode(error, 'ESRCH')) throw error
      }
    },
  }
}

const nothing = async (): Promise<void> => {}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
