import type { Installation } from '#agent/cli/installation.ts'
import type { Platform } from '#agent/cli/platform/platform.ts'
import { checkAuthority } from '#agent/cli/doctor/check-authority.ts'
import {
  checkClock,
  checkDisk,
  checkDns,
  checkEngine,
  checkMemory,
} from '#agent/cli/doctor/check-machine.ts'
import { checkPorts, checkProcesses, checkProtection } from '#agent/cli/doctor/check-processes.ts'

/** One thing that was looked at. Whatever is not ok says what to do. */
export interface Finding {
  check: string
  level: 'ok' | 'warn' | 'bad'
  message: string
  hint?: string
}

export type Check = (installation: Installation, platform: Platform) => Promise<Finding[]>

const CHECKS: { name: string; check: Check }[] = [
  { name: 'processes', check: checkProcesses },
  { name: 'ports', check: checkPorts },
  { name: 'engine', check: checkEngine },
  { name: 'dns', check: checkDns },
  { name: 'ca', check: checkAuthority },
  { name: 'disk', check: checkDisk },
  { name: 'memory', check: checkMemory },
  { name: 'protection', check: checkProtection },
  { name: 'clock', check: checkClock },
]

/** Looks at everything; a check that cannot be made is a finding too, never the end of the others. */
export async function examine(installation: Installation, platform: Platform): Promise<Finding[]> {
  const findings = await Promise.all(
    CHECKS.map(({ name, check }) =>
      check(installation, platform).catch((error: unknown): Finding[] => [
        {
          check: name,
          level: 'bad',
          message: `could not be looked at: ${error instanceof Error ? error.message : String(error)}`,
          hint: 'Report it.',
        },
      ]),
    ),
  )
  return findings.flat()
}
