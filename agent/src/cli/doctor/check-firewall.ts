import { join } from 'node:path'
import { CodedError, sayError } from '@vastrox/shared/errors.ts'
import type { Check, Finding } from '#agent/cli/doctor/subject.ts'
import { openKeptFiles } from '#agent/firewall/kept-files.ts'
import { tableOf } from '#agent/firewall/names.ts'

/** Whether the rules that were confirmed are what the kernel has; of which mode they are. */
export const checkFirewall: Check = async (subject) => {
  const { installation, machine } = subject
  const { config, paths } = installation
  const files = openKeptFiles(join(paths.agent, 'firewall'))
  const findings: Finding[] = []
  const kept = await files.confirmed().catch(() => 'damaged' as const)
  if (kept === 'damaged')
    findings.push(
      bad(
        `${files.path('confirmed.json')} cannot be read: after a restart the firewall would only observe.`,
        'vastrox firewall shows the rules that the daemon knows; apply them anew.',
      ),
    )
  const pending = await files.pending().catch(() => undefined)
  if (pending?.until) {
    const leftMs = Date.parse(pending.until) - machine.now().getTime()
    findings.push(
      leftMs > 0
        ? {
            check: 'firewall',
            level: 'warn',
            message: `A change of the firewall waits for its confirmation until ${pending.until}.`,
            hint: 'Confirm it over a new connection (vastrox firewall:confirm), or let the rules before come back.',
          }
        : bad(
            `A change of the firewall was neither confirmed nor taken back, though its time ended at ${pending.until}.`,
            'vastrox restart --process agent takes it back.',
          ),
    )
  }
  try {
    const tables = await subject.tables()
    if (!tables.includes(`inet ${tableOf(config.instance)}`))
      findings.push(
        bad(
          'The firewall’s table is not in the kernel: none of its rules holds.',
          'vastrox restart --process agent loads it again; look for who flushes rules (nft flush ruleset, nftables.service).',
        ),
      )
  } catch (error) {
    const isMissing = error instanceof CodedError && error.code === 'FIREWALL_UNAVAILABLE'
    findings.push(
      bad(
        `The firewall cannot be looked at: ${sayError(error)}`,
        isMissing
          ? 'apt-get install nftables; then: vastrox restart --process agent'
          : 'nft list tables says more.',
      ),
    )
  }
  if (findings.length > 0) return findings
  const mode = kept === undefined || kept === 'damaged' ? 'observe' : kept.state.mode
  return [
    { check: 'firewall', level: 'ok', message: `The firewall is loaded, in the mode ${mode}.` },
  ]
}

const bad = (message: string, hint: string): Finding => ({
  check: 'firewall',
  level: 'bad',
  message,
  hint,
})
