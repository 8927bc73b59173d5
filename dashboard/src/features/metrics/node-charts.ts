import type { ChartSpec } from '#features/metrics/chart-lines.ts'
import { t } from '#lib/words.ts'

/** The machine as a whole. */
export const MACHINE_CHARTS: readonly ChartSpec[] = [
  {
    title: 'CPU',
    lead: t('By what it is busy with, over all cores.'),
    look: 'stack',
    lines: [
      { metric: 'cpuUser', name: t('Programs'), tone: 'accent' },
      { metric: 'cpuSystem', name: t('Kernel'), tone: 'busy' },
      { metric: 'cpuIowait', name: t('Waiting for disks'), tone: 'warn' },
      { metric: 'cpuSteal', name: t('Taken by the host'), tone: 'bad' },
    ],
    atLeast: 100,
  },
  {
    title: t('Memory'),
    lines: [
      { metric: 'memory', name: t('In use'), tone: 'accent' },
      { metric: 'memoryCache', name: t('File pages'), tone: 'busy' },
      { metric: 'memoryTotal', name: t('All there is'), tone: 'idle', dashed: true },
    ],
  },
  {
    title: t('Load'),
    lead: t('How many want to run: over 1, 5 and 15 minutes.'),
    lines: [
      { metric: 'load1', name: t('1 min'), tone: 'accent' },
      { metric: 'load5', name: t('5 min'), tone: 'busy' },
      { metric: 'load15', name: t('15 min'), tone: 'idle' },
    ],
  },
  {
    title: t('Pressure'),
    lead: t('Time in which something had to wait.'),
    lines: [
      { metric: 'cpuPressure', name: t('For the CPU'), tone: 'accent' },
      { metric: 'memoryPressure', name: t('For memory'), tone: 'bad' },
      { metric: 'ioPressure', name: t('For disks'), tone: 'warn' },
    ],
    atLeast: 10,
  },
  {
    title: t('Swap'),
    lines: [
      { metric: 'swap', name: t('In use'), tone: 'warn' },
      { metric: 'swapTotal', name: t('All there is'), tone: 'idle', dashed: true },
    ],
    onlyIfAny: true,
  },
  {
    title: t('Swapping'),
    lead: t('What goes into swap and comes back.'),
    lines: [
      { metric: 'swapIn', name: t('In'), tone: 'busy' },
      { metric: 'swapOut', name: t('Out'), tone: 'warn' },
    ],
    onlyIfAny: true,
  },
]

/** Each of its disks and network interfaces by itself. */
export const DEVICE_CHARTS: readonly ChartSpec[] = [
  {
    title: t('Disk space'),
    lead: t('In use, and how much there is.'),
    lines: [
      { metric: 'used', name: t('In use'), tone: 'accent' },
      { metric: 'total', name: t('Size'), tone: 'idle', dashed: true },
    ],
    each: ['used', 'total'],
  },
  {
    title: t('Disks, read and written'),
    lines: [
      { metric: 'read', name: t('Read'), tone: 'busy' },
      { metric: 'written', name: t('Written'), tone: 'accent' },
    ],
    each: ['read', 'written'],
  },
  {
    title: t('Disks, busy'),
    lines: [{ metric: 'busy', name: t('Busy'), tone: 'warn' }],
    atLeast: 10,
  },
  {
    title: t('Inodes in use'),
    lines: [{ metric: 'inodesUsed', name: t('In use'), tone: 'accent' }],
    onlyIfAny: true,
    atLeast: 10,
  },
  {
    title: t('Network'),
    lines: [
      { metric: 'received', name: t('In'), tone: 'busy' },
      { metric: 'sent', name: t('Out'), tone: 'accent' },
    ],
    each: ['received', 'sent'],
  },
  {
    title: t('Network errors and drops'),
    lines: [
      { metric: 'errors', name: t('Errors'), tone: 'bad' },
      { metric: 'drops', name: t('Drops'), tone: 'warn' },
    ],
    each: ['errors', 'drops'],
    onlyIfAny: true,
  },
]

/** Vastrox' own processes. */
export const PLATFORM_CHARTS: readonly ChartSpec[] = [
  {
    title: t('Vastrox: CPU'),
    lead: t('Each of its own processes, in cores.'),
    lines: [{ metric: 'cpu', name: 'CPU', tone: 'accent' }],
  },
  {
    title: t('Vastrox: memory'),
    lead: t('Resident, what is shared among them counted with each.'),
    lines: [{ metric: 'resident', name: t('Resident'), tone: 'accent' }],
  },
]
