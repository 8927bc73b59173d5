import type { Check, Finding } from '#agent/cli/doctor/subject.ts'
import { findControlGroupRoot } from '#agent/supervisor/kill-group.ts'

const MANY_RESTARTS = 5

/** Whether every process runs, and has not been restarted over and over. */
export const checkProcesses: Check = async ({ installation: { paths }, platform }) => {
  const status = await platform.status()
  if (status === undefined)
    return [
      { check: 'processes', level: 'bad', message: 'Vastrox does not run.', hint: 'vastrox up' },
    ]
  return status.processes.map(({ name, state, restarts, lastExit }): Finding => {
    const log = `${paths.processLogs}/${name}.log`
    if (state === 'refused')
      return {
        check: 'processes',
        level: 'bad',
        message: `${name} refuses to run.`,
        hint: `${log} says why; then: vastrox up`,
      }
    if (state !== 'running' && state !== 'starting')
      return {
        check: 'processes',
        level: 'bad',
        message: `${name} does not run (${lastExit ?? state}).`,
        hint: `Read ${log}; then: vastrox up`,
      }
    if (restarts >= MANY_RESTARTS)
      return {
        check: 'processes',
        level: 'warn',
        message: `${name} was restarted ${restarts} times, last after ${lastExit}.`,
        hint: `Read ${log}`,
      }
    return { check: 'processes', level: 'ok', message: `${name} runs.` }
  })
}

/** Whether somebody answers on each port, and that it is us. */
export const checkPorts: Check = async ({
  installation: { config },
  platform,
  holders: holdersOf,
}) => {
  const ours = new Set((await platform.status())?.processes.map(({ pid }) => pid))
  const { httpPort, httpsPort, dashboardPort, sshPort, ftpPort } = config
  const ofFtp = config.ftps === false ? [] : [ftpPort]
  const ports = [httpPort, httpsPort, dashboardPort, sshPort, ...ofFtp]
  const holders = await holdersOf(ports)
  return ports.map((port): Finding => {
    const holder = holders.find((each) => each.port === port)
    if (holder === undefined)
      return {
        check: 'ports',
        level: 'bad',
        message: `Nothing listens on port ${port}.`,
        hint: 'vastrox status shows which process does not run.',
      }
    // Several workers share a socket, and systemd may hold it: any process of this list is right.
    const isOurs = holder.pid === undefined || ours.has(holder.pid) || holder.pid === 1
    if (!isOurs)
      return {
        check: 'ports',
        level: 'bad',
        message: `Port ${port} is used by ${holder.program} (pid ${holder.pid}).`,
        hint: 'Stop it and run: vastrox up, or install again with another port.',
      }
    return { check: 'ports', level: 'ok', message: `Port ${port} is served.` }
  })
}

/** What the kernel grants: process groups that can be ended, and a say in who goes when memory runs out. */
export const checkProtection: Check = async ({ platform, machine }) => {
  const findings: Finding[] = []
  if (findControlGroupRoot() === undefined)
    findings.push({
      check: 'protection',
      level: 'warn',
      message: 'Control groups cannot be written: a git of a killed daemon may live on.',
      hint: 'Mount cgroup2 at /sys/fs/cgroup.',
    })
  const processes = (await platform.status())?.processes ?? []
  const daemon = processes.find(({ name }) => name === 'daemon')?.pid
  const score = daemon && (await machine.read(`/proc/${daemon}/oom_score_adj`))
  if (score && Number(score) >= 0)
    findings.push({
      check: 'protection',
      level: 'warn',
      message: 'The kernel refuses to protect Vastrox when memory runs out.',
      hint: 'Give the machine CAP_SYS_RESOURCE, or enough memory and swap.',
    })
  if (platform.kind === 'vastrox')
    findings.push({
      check: 'protection',
      level: 'warn',
      message:
        'No systemd: nothing starts Vastrox after a restart of this machine, nor its supervisor when that is killed (apps are served on, but no process is restarted).',
      hint: 'Then: vastrox up. A line "@reboot vastrox up" in the crontab of root does the first.',
    })
  if (findings.length > 0) return findings
  return [{ check: 'protection', level: 'ok', message: 'Process groups and memory are protected.' }]
}
