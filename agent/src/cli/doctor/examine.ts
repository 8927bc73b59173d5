import { checkAuthority } from '#agent/cli/doctor/check-authority.ts'
import { checkCertificates } from '#agent/cli/doctor/check-certificates.ts'
import { checkContainers } from '#agent/cli/doctor/check-containers.ts'
import { checkExposure } from '#agent/cli/doctor/check-exposure.ts'
import { checkFiles } from '#agent/cli/doctor/check-files.ts'
import { checkFirewall } from '#agent/cli/doctor/check-firewall.ts'
import {
  checkClock,
  checkDisk,
  checkDns,
  checkEngine,
  checkMemory,
  checkReboot,
  checkSystem,
  checkUpdates,
} from '#agent/cli/doctor/check-machine.ts'
import { checkPorts, checkProcesses, checkProtection } from '#agent/cli/doctor/check-processes.ts'
import { checkPrograms } from '#agent/cli/doctor/check-programs.ts'
import { checkRawPorts } from '#agent/cli/doctor/check-raw-ports.ts'
import { checkRouting } from '#agent/cli/doctor/check-routing.ts'
import { checkState } from '#agent/cli/doctor/check-state.ts'
import type { Check, Finding, Subject } from '#agent/cli/doctor/subject.ts'

const CHECKS: { name: string; check: Check }[] = [
  { name: 'processes', check: checkProcesses },
  { name: 'ports', check: checkPorts },
  { name: 'programs', check: checkPrograms },
  { name: 'files', check: checkFiles },
  { name: 'database', check: checkState },
  { name: 'routing', check: checkRouting },
  { name: 'certificates', check: checkCertificates },
  { name: 'engine', check: checkEngine },
  { name: 'containers', check: checkContainers },
  { name: 'firewall', check: checkFirewall },
  { name: 'exposure', check: checkExposure },
  { name: 'raw-ports', check: checkRawPorts },
  { name: 'dns', check: checkDns },
  { name: 'ca', check: checkAuthority },
  { name: 'disk', check: checkDisk },
  { name: 'memory', check: checkMemory },
  { name: 'protection', check: checkProtection },
  { name: 'clock', check: checkClock },
  { name: 'updates', check: checkUpdates },
  { name: 'reboot', check: checkReboot },
  { name: 'system', check: checkSystem },
]

/** What programs and libraries say may have several lines. */
const inOneLine = (finding: Finding): Finding => ({
  ...finding,
  message: finding.message.replaceAll(/\s*\n\s*/g, ' '),
})

/** Looks at everything; a check that cannot be made is a finding too, never the end of the others. */
export async function examine(subject: Subject): Promise<Finding[]> {
  const findings = await Promise.all(
    CHECKS.map(({ name, check }) =>
      check(subject).catch((error: unknown): Finding[] => [
        {
          check: name,
          level: 'bad',
          message: `could not be looked at: ${error instanceof Error ? error.message : String(error)}`,
          hint: 'Report it.',
        },
      ]),
    ),
  )
  return findings.flat().map(inOneLine)
}
