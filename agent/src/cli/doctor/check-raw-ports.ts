import { join } from 'node:path'
import type { Check, Finding } from '#agent/cli/doctor/subject.ts'
import { openKeptFiles } from '#agent/firewall/kept-files.ts'
import { isServed, rangeOf } from '#agent/firewall/loaded-port.ts'

/** Whether raw ports of apps lead where they should; nothing is said where there are none. */
export const checkRawPorts: Check = async (subject) => {
  const { config, paths } = subject.installation
  const ports = await openKeptFiles(join(paths.agent, 'firewall'))
    .ports()
    .catch(() => 'damaged' as const)
  if (ports === 'damaged')
    return [
      bad(
        'What is known of the TCP and UDP ports of apps cannot be read: after a restart they are closed.',
        'vastrox restart --process daemon tells the agent anew.',
      ),
    ]
  const served = ports.filter(isServed)
  if (served.length === 0) return []
  const findings: Finding[] = []
  const closed = await subject.forwarding(config.instance)
  if (closed !== undefined)
    findings.push(
      bad(
        `Nothing gets to the TCP and UDP ports of apps: ${closed}`,
        'vastrox restart --process agent puts it back; look for who flushes iptables.',
      ),
    )
  if (!subject.hasConntrack())
    findings.push({
      check: 'raw-ports',
      level: 'warn',
      message:
        'The program conntrack is missing: who plays on by UDP goes on being led to the release before.',
      hint: 'apt-get install conntrack',
    })
  const { ports: exposed } = await subject.exposure()
  for (const port of served) {
    const hidden = exposed.find(
      (each) =>
        !each.by.ours &&
        each.protocol === port.protocol &&
        port.first <= each.port &&
        each.port <= port.last &&
        each.reach !== 'machine',
    )
    if (hidden)
      findings.push({
        check: 'raw-ports',
        level: 'warn',
        message: `${hidden.by.name} listens on ${hidden.port}/${port.protocol}, which is a port of ${port.title}: from outside nobody gets to ${hidden.by.name}.`,
        hint: 'Move one of them: vastrox ports:remove closes that of the app.',
      })
  }
  if (findings.length > 0) return findings
  const said = served.map((port) => `${rangeOf(port)}/${port.protocol}`).join(', ')
  return [
    { check: 'raw-ports', level: 'ok', message: `TCP and UDP ports of apps are led on: ${said}.` },
  ]
}

const bad = (message: string, hint: string): Finding => ({
  check: 'raw-ports',
  level: 'bad',
  message,
  hint,
})
