import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { GUARD_ENV } from '#agent/firewall/arm-guard.ts'
import { networkNamespace, openKeptFiles } from '#agent/firewall/kept-files.ts'
import { factsOnReturn, loadConfirmed } from '#agent/firewall/load-kept.ts'
import { processStart } from '#agent/node/process-start.ts'
import { findControlGroupRoot } from '#agent/supervisor/kill-group.ts'

const LOOK_EVERY_MS = 250
const TRY_AGAIN_MS = 500
const TRIES = 60

/**
 * A process of its own that brings the confirmed rules back when nobody has confirmed in time. It is
 * in no session, process group or control group of ours, so that it outlives whoever started it; it
 * needs nothing but the kernel, the files and nft.
 */
async function guard(): Promise<void> {
  const directory = process.env[GUARD_ENV.directory] ?? ''
  const generation = Number(process.env[GUARD_ENV.generation])
  const files = openKeptFiles(directory)
  leaveControlGroup()
  const begun = performance.now()
  const waiting = await files.pending()
  if (waiting?.generation !== generation || waiting.namespace !== networkNamespace()) return
  await writeAtomically(
    files.path('guard.json'),
    JSON.stringify({ generation, pid: process.pid, start: await processStart(process.pid) }),
  )
  const waitMs = Math.min(
    waiting.confirmWithinMs,
    Date.parse(waiting.until ?? waiting.appliedAt) - Date.now(),
  )
  while (performance.now() - begun < waitMs) {
    await sleep(Math.min(LOOK_EVERY_MS, Math.max(1, waitMs - (performance.now() - begun))))
    // What cannot be read now is no confirmation.
    const now = await files.pending().catch(() => waiting)
    if (now?.generation !== generation) return
  }
  const at = new Date().toISOString()
  if (!(await files.takeBack({ generation, at, because: 'not-confirmed' }))) return
  for (let turn = 1; ; turn++)
    try {
      await loadConfirmed(files, factsOnReturn(waiting, await files.confirmed()))
      return
    } catch (error) {
      if (turn === TRIES) throw error
      await sleep(TRY_AGAIN_MS)
    }
}

/** The supervisor ends everything that is in the group of an agent that died (supervisor/kill-group.ts). */
function leaveControlGroup(): void {
  const root = findControlGroupRoot()
  if (root === undefined) return
  try {
    writeFileSync(`${root}/cgroup.procs`, String(process.pid))
  } catch {
    // Where the root group takes nobody, a unit of systemd's own is what keeps it alive.
  }
}

await guard()
