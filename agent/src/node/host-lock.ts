import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from '@vastrox/shared/node/is-alive.ts'
import { log } from '#agent/node/log.ts'
import { processStart } from '#agent/node/process-start.ts'

const TRY_AGAIN_MS = 20
const GIVE_UP_MS = 5_000
/** Nobody but root may look into it, so nobody else can take a lock and make others wait. */
export const HOST_LOCKS = '/run/vastrox'

let turn = 0

/**
 * One at a time on this machine, whichever installation. The lock is a file that names its holder by
 * pid and start; that of a holder who died is taken over. What is locked this way can be repeated
 * without harm, so after a while the work goes on without it rather than not at all.
 */
export async function withHostLock<Result>(
  name: string,
  work: () => Promise<Result>,
  { directory = HOST_LOCKS, giveUpMs = GIVE_UP_MS } = {},
): Promise<Result> {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const path = join(directory, `${name}.lock`)
  const me = `${process.pid} ${await processStart(process.pid)} ${++turn}`
  const until = Date.now() + giveUpMs
  let isHeld = await tryHold(path, me)
  while (!isHeld && Date.now() < until) {
    await sleep(TRY_AGAIN_MS)
    isHeld = await tryHold(path, me)
  }
  if (!isHeld) log('lock.taken', { name })
  try {
    return await work()
  } finally {
    // Where it was taken for a dead one's and cleared away, it is somebody else's by now.
    if (isHeld && read(path) === me) rmSync(path, { force: true })
  }
}

async function tryHold(path: string, me: string): Promise<boolean> {
  if (create(path, me)) return true
  const holder = read(path)
  if (holder === undefined || (await holds(holder))) return false
  clearAway(path, holder)
  return create(path, me)
}

/** Written beside and linked: the lock appears with its holder's name in it, or not at all. */
function create(path: string, me: string): boolean {
  const beside = besideOf(path)
  try {
    writeFileSync(beside, me, { mode: 0o600 })
    linkSync(beside, path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(beside, { force: true })
  }
}

/** Of two that find the same dead holder one may move away what the other has made: it is put back. */
function clearAway(path: string, holder: string): void {
  const beside = besideOf(path)
  try {
    renameSync(path, beside)
    if (read(beside) !== holder) linkSync(beside, path)
  } catch {
    // Somebody else was faster; the next try shows who.
  } finally {
    rmSync(beside, { force: true })
  }
}

async function holds(holder: string): Promise<boolean> {
  const [pid, start] = holder.split(' ')
  return isAlive(Number(pid)) && (await processStart(Number(pid))) === start
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // It was given back at this moment.
    return undefined
  }
}

const besideOf = (path: string): string => `${path}.${process.pid}.${++turn}`
