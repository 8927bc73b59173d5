import type { ChartSpec } from '#features/metrics/chart-lines.ts'

/** The machine as a whole. */
export const MACHINE_CHARTS: readonly ChartSpec[] = [
  {
    title: 'CPU',
    lead: 'By what it is busy with, over all cores.',
    look: 'stack',
    lines: [
      { metric: 'cpuUser', name: 'Programs', tone: 'accent' },
      { metric: 'cpuSystem', name: 'Kernel', tone: 'busy' },
      { metric: 'cpuIowait', name: 'Waiting for disks', tone: 'warn' },
      { metric: 'cpuSteal', name: 'Taken by the host', tone: 'bad' },
    ],
    atLeast: 100,
  },
  {
    title: 'Memory',
    lines: [
      { metric: 'memory', name: 'In use', tone: 'accent' },
      { metric: 'memoryCache', name: 'File pages', tone: 'busy' },
      { metric: 'memoryTotal', name: 'All there is', tone: 'idle', dashed: true },
    ],
  },
  {
    title: 'Load',
    lead: 'How many want to run: over 1, 5 and 15 minutes.',
    lines: [
      { metric: 'load1', name: '1 min', tone: 'accent' },
      { metric: 'load5', name: '5 min', tone: 'busy' },
      { metric: 'load15', name: '15 min', tone: 'idle' },
    ],
  },
  {
    title: 'Pressure',
    lead: 'Time in which something had to wait.',
    lines: [
      { metric: 'cpuPressure', name: 'For the CPU', tone: 'accent' },
      { metric: 'memoryPressure', name: 'For memory', tone: 'bad' },
      { metric: 'ioPressure', name: 'For disks', tone: 'warn' },
    ],
    atLeast: 10,
  },
  {
    title: 'Swap',
    lines: [
      { metric: 'swap', name: 'In use', tone: 'warn' },
      { metric: 'swapTotal', name: 'All there is', tone: 'idle', dashed: true },
    ],
    onlyIfAny: true,
  },
  {
    title: 'Swapping',
    lead: 'What goes into swap and comes back.',
    lines: [
      { metric: 'swapIn', name: 'In', tone: 'busy' },
      { metric: 'swapOut', name: 'Out', tone: 'warn' },
    ],
    onlyIfAny: true,
  },
]

/** Each of its disks and network interfaces by itself. */
export const DEVICE_CHARTS: readonly ChartSpec[] = [
  {
    title: 'Disk space',
    lead: 'In use, and how much there is.',
    lines: [
      { metric: 'used', name: 'In use', tone: 'accent' },
      { metric: 'total', name: 'Size', tone: 'idle', dashed: true },
    ],
    each: ['used', 'total'],
  },
  {
    title: 'Disks, read and written',
    lines: [
      { metric: 'read', name: 'Read', tone: 'busy' },
      { metric: 'written', name: 'Written', tone: 'accent' },
    ],
    each: ['read', 'written'],
  },
  {
    title: 'Disks, busy',
    lines: [{ metric: 'busy', name: 'Busy', tone: 'warn' }],
    atLeast: 10,
  },
  {
    title: 'Inodes in use',
    lines: [{ metric: 'inodesUsed', name: 'In use', tone: 'accent' }],
    onlyIfAny: true,
    atLeast: 10,
  },
  {
    title: 'Network',
    lines: [
      { metric: 'received', name: 'In', tone: 'busy' },
      { metric: 'sent', name: 'Out', tone: 'accent' },
    ],
    each: ['received', 'sent'],
  },
  {
    title: 'Network errors and drops',
    lines: [
      { metric: 'errors', name: 'Errors', tone: 'bad' },
      { metric: 'drops', name: 'Drops', tone: 'warn' },
    ],
    each: ['errors', 'drops'],
    onlyIfAny: true,
  },
]

/** Vastrox' own processes. */
export const PLATFORM_CHARTS: readonly ChartSpec[] = [
  {
    title: 'Vastrox: CPU',
    lead: 'Each of its own processes, in cores.',
    lines: [{ metric: 'cpu', name: 'CPU', tone: 'accent' }],
  },
  {
    title: 'Vastrox: memory',
    lead: 'Resident, what is shared among them counted with each.',
    lines: [{ metric: 'resident', name: 'Resident', tone: 'accent' }],
  },
]
