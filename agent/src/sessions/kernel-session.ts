import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { log } from '#agent/node/log.ts'

const HANG_UP_MS = 1_000
const MARK = 'VASTROX_EXEC'

/** What every process that a session inside an instance has started carries in its env. */
export const markOf = (instance: string, unique: string): string => `${MARK}=${instance}.${unique}`

/** Whatever belongs to the session that this process leads: a command, and what it has started. */
export async function signalSession(leader: number, signal: NodeJS.Signals): Promise<number> {
  const members = await membersOf(leader)
  for (const pid of members) send(pid, signal)
  return members.length
}

/** Hangs up as a terminal does, and kills what does not mind. */
export async function endSession(leader: number): Promise<void> {
  if ((await signalSession(leader, 'SIGHUP')) === 0) return
  await sleep(HANG_UP_MS)
  await signalSession(leader, 'SIGKILL')
}

/** What an agent that died has left inside of instances. */
export async function endMarkedSessions(instance: string): Promise<void> {
  const mark = `\0${markOf(instance, '')}`
  const pids = await allPids()
  const marked = await Promise.all(pids.map(async (pid) => (await envOf(pid)).includes(mark)))
  const left = pids.filter((_, at) => marked[at])
  for (const pid of left) send(pid, 'SIGKILL')
  if (left.length > 0) log('sessions.ended', { processes: left.length })
}

async function membersOf(leader: number): Promise<number[]> {
  if (leader <= 1) return []
  const pids = await allPids()
  const sessions = await Promise.all(pids.map(sessionOf))
  return pids.filter((_, at) => sessions[at] === leader)
}

async function allPids(): Promise<number[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
}

/** Field 6 of stat; the name before it may hold blanks and brackets. NaN when there is none. */
async function sessionOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3] ?? Number.NaN)
}

const envOf = async (pid: number): Promise<string> =>
  `\0${await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')}`

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // Ended meanwhile.
  }
}
