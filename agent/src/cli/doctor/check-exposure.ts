import type { Check, Finding } from '#agent/cli/doctor/subject.ts'
import { tableOf } from '#agent/firewall/names.ts'

/** What somebody else's tool has opened, a table that was changed behind our back, and what a test found. */
export const checkExposure: Check = async ({ exposure, tables, installation }) => {
  const report = await exposure()
  const there = await tables().catch((): string[] => [])
  // Rules that are missing altogether are named with the firewall.
  const isThere = there.includes(`inet ${tableOf(installation.config.instance)}`)
  const findings = [
    ...(report.problem !== null && isThere
      ? [
          {
            check: 'firewall',
            level: 'bad' as const,
            message: report.problem,
            hint: 'vastrox restart --process agent; then look for who changes it (nft monitor).',
          },
        ]
      : []),
    ...report.ports.flatMap(({ warning }): Finding[] =>
      warning
        ? [
            {
              check: 'exposure',
              level: warning.level,
              message: warning.message,
              hint: warning.hint,
            },
          ]
        : [],
    ),
    ...report.ports
      .filter(({ tested }) => tested?.agrees === false)
      .map(
        ({ port, protocol, reach, by }): Finding => ({
          check: 'exposure',
          level: 'warn',
          message: `Port ${port}/${protocol} (${by.name}) is worked out as ${SAID[reach]}, and the test found something else.`,
          hint: 'vastrox exposure shows why; another firewall on this machine decides, too.',
        }),
      ),
  ]
  if (findings.length > 0) return findings
  return [
    {
      check: 'exposure',
      level: 'ok',
      message: `${report.ports.length} ports answer on this machine; nothing of others is open that seldom should be.`,
    },
  ]
}

const SAID = {
  world: 'open to the world',
  some: 'open to some',
  machine: 'open to this machine only',
  closed: 'closed',
}
