import { join } from 'node:path'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { HostCare, HostFinding } from '@vastrox/shared/host-care.ts'
import { checkClock, watchClock } from '#agent/care/check-clock.ts'
import { checkDisks } from '#agent/care/check-disks.ts'
import { judgeEngine, readCgroupParent, readEngine } from '#agent/care/check-engine.ts'
import { checkMemory } from '#agent/care/check-memory.ts'
import { checkReboot } from '#agent/care/check-reboot.ts'
import { checkSystem } from '#agent/care/check-system.ts'
import { checkUpdates } from '#agent/care/check-updates.ts'
import type { Machine } from '#agent/care/machine.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { readEngineInfo } from '#agent/node/describe-node.ts'

interface Deps {
  machine: Machine
  engine: Engine
  dataDir: string
  /** `<data>/agent` */
  agentDir: string
  isEnforcing: () => Promise<boolean>
}

const movedSince = watchClock()

/** Everything about a machine that its keeper should know, worst first. What cannot be looked at is said. */
export async function readHostCare(deps: Deps): Promise<HostCare> {
  const { machine } = deps
  const findings = await Promise.all(
    Object.entries(checksOf(deps)).map(([name, check]) =>
      check().catch((error: unknown): HostFinding[] => [
        {
          check: name,
          level: 'warn',
          message: `could not be looked at: ${error instanceof Error ? error.message : String(error)}`,
          hint: 'vastrox doctor looks again, and at more.',
        },
      ]),
    ),
  )
  return {
    at: machine.now().toISOString(),
    findings: findings.flat().toSorted((one, other) => RANK[one.level] - RANK[other.level]),
  }
}

const RANK = { bad: 0, warn: 1, ok: 2 }

function checksOf(deps: Deps): Record<string, () => Promise<HostFinding[]>> {
  const { machine, engine, dataDir, agentDir } = deps
  return {
    updates: () => checkUpdates(machine, updatesFileOf(agentDir)),
    reboot: () => checkReboot(machine),
    clock: () => checkClock(machine, { notBefore: undefined, moved: movedSince() }),
    disk: async () => checkDisks(machine, [dataDir, ...(await imagesDir(engine, dataDir))]),
    memory: () => checkMemory(machine),
    engine: () => checkEngine(deps),
    system: () => checkSystem(machine, '/proc/self/limits'),
  }
}

async function checkEngine({ engine, machine, isEnforcing }: Deps): Promise<HostFinding[]> {
  try {
    const cgroupParent = await readCgroupParent(machine)
    return judgeEngine({ ...(await readEngine(engine)), cgroupParent }, await isEnforcing())
  } catch (error) {
    if (!(error instanceof CodedError && error.code === 'ENGINE_UNREACHABLE')) throw error
    return [
      {
        check: 'engine',
        level: 'bad',
        message: 'Docker does not answer: nothing is deployed, and instances that end stay away.',
        hint: 'vastrox doctor on the server says why.',
      },
    ]
  }
}

/** Shared with `vastrox doctor`. */
export const updatesFileOf = (agentDir: string): string => join(agentDir, 'care', 'updates.json')

async function imagesDir(engine: Engine, dataDir: string): Promise<string[]> {
  const info = await readEngineInfo(engine).catch(() => undefined)
  return info && info.DockerRootDir !== dataDir ? [info.DockerRootDir] : []
}
