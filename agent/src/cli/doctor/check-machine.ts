import { existsSync } from 'node:fs'
import { checkClock as lookAtClock } from '#agent/care/check-clock.ts'
import { checkDisks } from '#agent/care/check-disks.ts'
import { judgeEngine, readCgroupParent, readEngine } from '#agent/care/check-engine.ts'
import { checkMemory as lookAtMemory } from '#agent/care/check-memory.ts'
import { checkReboot as lookAtPrograms } from '#agent/care/check-reboot.ts'
import { checkSystem as lookAtSystem } from '#agent/care/check-system.ts'
import { checkUpdates as lookForUpdates } from '#agent/care/check-updates.ts'
import { updatesFileOf } from '#agent/care/host-care.ts'
import type { Check } from '#agent/cli/doctor/subject.ts'
import { readEngineInfo } from '#agent/node/describe-node.ts'

export const checkEngine: Check = async ({ engine, installation, machine }) => {
  try {
    const isEnforcing = /"mode":"enforce"/.test(
      (await machine.read(`${installation.paths.agent}/firewall/confirmed.json`)) ?? '',
    )
    const cgroupParent = await readCgroupParent(machine)
    return judgeEngine({ ...(await readEngine(engine)), cgroupParent }, isEnforcing)
  } catch (error) {
    const reason = error instanceof Error ? sayCause(error) : String(error)
    const hint = existsSync('/run/systemd/system')
      ? 'systemctl restart docker; journalctl -u docker says why it ended.'
      : `vastrox up starts it; see ${installation.paths.processLogs}/dockerd.log`
    return [{ check: 'engine', level: 'bad', message: `Docker does not answer: ${reason}.`, hint }]
  }
}

const sayCause = (error: Error): string =>
  (error.cause instanceof Error ? error.cause.message : error.message).replace(/\.$/, '')

export const checkDns: Check = async ({ installation, domain }) => {
  const { leadsHere, problems } = await domain()
  const { baseDomain } = installation.config
  if (leadsHere)
    return [{ check: 'dns', level: 'ok', message: `${baseDomain} leads to this machine.` }]
  return problems.map((message) => ({
    check: 'dns',
    level: 'warn' as const,
    message,
    hint: 'Set the record where the domain is kept; until then its apps are not found by name.',
  }))
}

export const checkDisk: Check = async ({ installation, machine, engine }) => {
  const info = await readEngineInfo(engine).catch(() => undefined)
  return checkDisks(machine, [installation.dataDir, ...(info ? [info.DockerRootDir] : [])])
}

export const checkMemory: Check = ({ machine }) => lookAtMemory(machine)

export const checkClock: Check = async ({ machine, installation }) =>
  lookAtClock(machine, {
    notBefore: await machine.modifiedAt(`${installation.links.current}/VERSION`),
  })

export const checkUpdates: Check = ({ machine, installation }) =>
  lookForUpdates(machine, updatesFileOf(installation.paths.agent))

export const checkReboot: Check = ({ machine }) => lookAtPrograms(machine)

/** The limits of the agent are what containers get; without one, our own. */
export const checkSystem: Check = async ({ machine, platform }) => {
  const processes = (await platform.status())?.processes ?? []
  const pid = processes.find(({ name }) => name === 'agent')?.pid ?? 'self'
  return lookAtSystem(machine, `/proc/${pid}/limits`)
}
