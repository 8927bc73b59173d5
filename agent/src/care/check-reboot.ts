import type { HostFinding } from '@vastrox/shared/host-care.ts'
import type { Machine } from '#agent/care/machine.ts'
import { compareVersions } from '#agent/care/versions.ts'

const MOST_NAMED = 6

/** Whether what runs is what is installed: the kernel, and the libraries of programs. */
export async function checkReboot(machine: Machine): Promise<HostFinding[]> {
  const findings: HostFinding[] = []
  const wanted = await machine.read('/run/reboot-required')
  if (wanted !== undefined) {
    const names = linesOf((await machine.read('/run/reboot-required.pkgs')) ?? '')
    findings.push({
      check: 'reboot',
      level: 'warn',
      message: `This machine wants to be restarted${names.length > 0 ? ` (${sayNames(names)})` : ''}.`,
      hint: 'reboot, when it suits: apps come back by themselves.',
    })
  }
  const running = machine.kernel()
  const installed = kernelsIn(await machine.list('/boot'))
  const newest = installed.toSorted(compareVersions).at(-1)
  // A kernel that did not come with the system is nothing to compare with.
  if (wanted === undefined && newest && installed.includes(running) && newest !== running)
    findings.push({
      check: 'reboot',
      level: 'warn',
      message: `The kernel ${newest} is installed, and ${running} runs.`,
      hint: 'reboot, when it suits: apps come back by themselves.',
    })
  const stale = await programsWithOldLibraries(machine)
  if (stale.length > 0)
    findings.push({
      check: 'reboot',
      level: 'warn',
      message: `${stale.length === 1 ? 'One program runs' : `${stale.length} programs run`} with libraries that have been replaced since: ${sayNames(stale)}.`,
      hint: 'Restart them (systemctl restart …), or the machine.',
    })
  if (findings.length > 0) return findings
  return [
    { check: 'reboot', level: 'ok', message: `No restart is needed; the kernel is ${running}.` },
  ]
}

const kernelsIn = (names: readonly string[]): string[] =>
  names.flatMap((name) => /^vmlinuz-(\d.*)$/.exec(name)?.[1] ?? [])

/** Of this machine itself: containers have files of their own. */
async function programsWithOldLibraries(machine: Machine): Promise<string[]> {
  const here = await machine.link('/proc/self/ns/mnt')
  const pids = (await machine.list('/proc')).filter((name) => /^\d+$/.test(name))
  const names = new Set<string>()
  for (const pid of pids) {
    const maps = await machine.read(`/proc/${pid}/maps`)
    if (maps === undefined || !OLD_LIBRARY.test(maps)) continue
    if ((await machine.link(`/proc/${pid}/ns/mnt`)) !== here) continue
    names.add((await machine.read(`/proc/${pid}/comm`))?.trim() ?? pid)
  }
  return [...names].toSorted()
}

const OLD_LIBRARY = /^\S+ r-xp .* \/(?:usr\/)?lib\S*\.so\S* \(deleted\)$/m

const linesOf = (text: string): string[] => [
  ...new Set(text.split('\n').filter((line) => line !== '')),
]

function sayNames(names: readonly string[]): string {
  const more = names.length - MOST_NAMED
  return names.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
