import type { HostFinding } from '@vastrox/shared/host-care.ts'
import type { Machine } from '#agent/care/machine.ts'
import { compareVersions } from '#agent/care/versions.ts'

const OLDEST_KERNEL = '5.10'
/** What an app may open (rules.md, section 7). */
const WANTED_FILES = 65_536
const FEW_FILES = 4_096

/** Kernel, time zone and limits. `limits` is the /proc file of a process of the platform. */
export async function checkSystem(machine: Machine, limits: string): Promise<HostFinding[]> {
  return [
    ...checkKernel(machine.kernel()),
    ...(await checkTimeZone(machine)),
    ...(await checkLimits(machine, limits)),
  ]
}

function checkKernel(kernel: string): HostFinding[] {
  if (compareVersions(kernel, OLDEST_KERNEL) >= 0)
    return [{ check: 'kernel', level: 'ok', message: `The kernel is ${kernel}.` }]
  return [
    {
      check: 'kernel',
      level: 'warn',
      message: `The kernel ${kernel} is older than ${OLDEST_KERNEL}: containers are fenced in less well.`,
      hint: 'Upgrade the system.',
    },
  ]
}

async function checkTimeZone(machine: Machine): Promise<HostFinding[]> {
  const link = await machine.link('/etc/localtime')
  const zone =
    /zoneinfo\/(.+)$/.exec(link ?? '')?.[1] ?? (await machine.read('/etc/timezone'))?.trim()
  return [
    {
      check: 'time zone',
      level: 'ok',
      message: `The time zone is ${zone === undefined || zone === '' ? 'UTC' : zone}.`,
    },
  ]
}

async function checkLimits(machine: Machine, limits: string): Promise<HostFinding[]> {
  const text = (await machine.read(limits)) ?? ''
  const most = /^Max open files\s+\S+\s+(\d+|unlimited)/m.exec(text)?.[1]
  if (most === undefined || most === 'unlimited' || Number(most) >= WANTED_FILES) return []
  return [
    {
      check: 'limits',
      level: Number(most) < FEW_FILES ? 'bad' : 'warn',
      message: `A process may open ${most} files here; apps get no more than that (${WANTED_FILES} is usual).`,
      hint: 'Raise the hard limit of open files: LimitNOFILE of the service, /etc/security/limits.conf, or the container that this machine is.',
    },
  ]
}
