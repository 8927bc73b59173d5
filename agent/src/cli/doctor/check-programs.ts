import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Check, Finding } from '#agent/cli/doctor/subject.ts'

/** Programs of which version are there, and which of them run: an upgrade that did not come to its end. */
export const checkPrograms: Check = async ({ installation, machine, platform, programs }) => {
  const { links, paths } = installation
  const findings: Finding[] = []
  const current = await machine.link(links.current)
  if (current === undefined || !existsSync(join(links.current, 'VERSION')))
    return [
      bad(
        `${links.current} leads to no version of Vastrox.`,
        'Run ./install.sh again: it puts the programs back.',
      ),
    ]
  const half = (await machine.list(programs)).filter((name) => name.endsWith('.new'))
  if (half.length > 0)
    findings.push({
      check: 'programs',
      level: 'warn',
      message: `An upgrade was cut off: ${half.map((name) => join(programs, name)).join(', ')}.`,
      hint: 'Run ./install.sh again: it begins anew and clears that away.',
    })
  const status = await platform.status()
  if (status && status.version !== '' && status.version !== basename(current))
    findings.push(
      bad(
        `Version ${status.version} runs, and ${basename(current)} is installed: an upgrade did not come to its end.`,
        'Run ./install.sh again, or: vastrox restart',
      ),
    )
  const previous = await machine.link(links.previous)
  if (previous !== undefined && !existsSync(previous))
    findings.push({
      check: 'programs',
      level: 'warn',
      message: `The version before (${basename(previous)}) is gone: an upgrade that fails could not go back.`,
      hint: 'Run ./install.sh again with the next version: the one of now is kept then.',
    })
  if (!existsSync(join(paths.gitHooks, 'proc-receive')))
    findings.push(
      bad(
        `${paths.gitHooks}/proc-receive is missing: no push is taken.`,
        'Run ./install.sh again: it puts the hook back.',
      ),
    )
  if (!existsSync(links.command))
    findings.push({
      check: 'programs',
      level: 'warn',
      message: `The command ${links.command} is missing in ${dirname(links.command)}.`,
      hint: 'Run ./install.sh again: it puts the command back.',
    })
  if (findings.length > 0) return findings
  return [
    { check: 'programs', level: 'ok', message: `${basename(current)} is installed and runs.` },
  ]
}

const bad = (message: string, hint: string): Finding => ({
  check: 'programs',
  level: 'bad',
  message,
  hint,
})
