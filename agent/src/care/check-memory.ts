import type { HostFinding } from '@vastrox/shared/host-care.ts'
import { size } from '#agent/care/check-disks.ts'
import type { Machine } from '#agent/care/machine.ts'

const LEAST_BYTES = 200 * 2 ** 20
const SMALL_MACHINE_BYTES = 1.2 * 2 ** 30

/** What programs can still get. */
export async function checkMemory(machine: Machine): Promise<HostFinding[]> {
  const text = (await machine.read('/proc/meminfo')) ?? ''
  const bytes = (key: string): number =>
    Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) * 1_024
  const available = bytes('MemAvailable') + bytes('SwapFree')
  const message = `${size(bytes('MemAvailable'))} of memory available, ${size(bytes('SwapFree'))} of swap.`
  if (available < LEAST_BYTES)
    return [
      { check: 'memory', level: 'bad', message, hint: 'Scale apps down, or add memory or swap.' },
    ]
  if (bytes('MemTotal') < SMALL_MACHINE_BYTES && bytes('SwapTotal') === 0)
    return [
      {
        check: 'memory',
        level: 'warn',
        message: `${size(bytes('MemTotal'))} of memory and no swap: builds may fail.`,
        hint: './install.sh --swap makes some.',
      },
    ]
  return [{ check: 'memory', level: 'ok', message }]
}
