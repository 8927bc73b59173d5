import { readState } from '#agent/cli/doctor/check-state.ts'
import type { Check, Finding } from '#agent/cli/doctor/subject.ts'

/** The workers that there should be, and whether they serve what the daemon decided last. */
export const checkRouting: Check = async (subject) => {
  const { installation, machine, platform } = subject
  const findings: Finding[] = []
  const status = await platform.status()
  const wanted = Array.from({ length: installation.config.proxyWorkers }, (_, at) => `proxy-${at}`)
  const there = status?.processes.map(({ name }) => name) ?? []
  // One that is there and does not run is named with the processes.
  for (const name of status ? wanted.filter((each) => !there.includes(each)) : [])
    findings.push({
      check: 'routing',
      level: 'bad',
      message: `The proxy worker ${name} is missing.`,
      hint: 'vastrox restart brings up as many as config.json says.',
    })
  const stored = storedGeneration(await machine.read(`${installation.paths.proxy}/current`))
  const decided = (await readState(subject))?.counter('routing_generation') ?? 0
  if (stored === undefined)
    findings.push({
      check: 'routing',
      level: 'warn',
      message:
        'The proxy has no stored routes: without the daemon a restarted worker serves nothing.',
      hint: 'vastrox restart --process daemon sends them anew.',
    })
  else if (stored < decided)
    findings.push({
      check: 'routing',
      level: 'warn',
      message: `The proxy has stored the routes number ${stored}, and the daemon has decided number ${decided}.`,
      hint: 'Where that stays so: vastrox restart --process daemon sends them anew.',
    })
  if (findings.length > 0) return findings
  return [{ check: 'routing', level: 'ok', message: 'The proxy serves what was decided last.' }]
}

/** `000000000248-26948e0eacf1` */
function storedGeneration(pointer: string | undefined): number | undefined {
  const digits = /^(\d{12})-/.exec(pointer ?? '')?.[1]
  return digits === undefined ? undefined : Number(digits)
}
