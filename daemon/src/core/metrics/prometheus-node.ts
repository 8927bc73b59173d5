import type { NodeSample, Sample } from '@vastrox/shared/agent-api-metrics.ts'
import type { Family } from '#core/metrics/exposition.ts'

const USEC = 1e6

/** The machine, its disks and its network, and Vastrox's own processes. */
export function nodeFamilies(
  { node, platform }: Pick<Sample, 'node' | 'platform'>,
  name: string,
): Family[] {
  const gauge = (metric: string, help: string, value: number): Family => ({
    name: `vastrox_node_${metric}`,
    help,
    type: 'gauge',
    samples: [{ labels: { node: name }, value }],
  })
  const [load1, load5, load15] = node.load
  return [
    {
      name: 'vastrox_node_cpu_seconds',
      help: 'Processor time over all cores since the machine began, by what it was used for.',
      type: 'counter',
      samples: Object.entries(node.cpuUsec).map(([mode, usec]) => ({
        labels: { node: name, mode },
        value: usec / USEC,
      })),
    },
    {
      name: 'vastrox_node_stalled_seconds',
      help: 'Time in which something waited for the processor, memory or disks.',
      type: 'counter',
      samples: Object.entries(node.pressure ?? {}).map(([resource, { someUsec }]) => ({
        labels: { node: name, resource },
        value: someUsec / USEC,
      })),
    },
    gauge('load1', 'Load average of a minute.', load1),
    gauge('load5', 'Load average of five minutes.', load5),
    gauge('load15', 'Load average of a quarter of an hour.', load15),
    gauge('memory_size_bytes', 'Memory of the machine.', node.memoryBytes),
    gauge(
      'memory_available_bytes',
      'Memory that programs can still have.',
      node.memoryAvailableBytes,
    ),
    gauge('swap_size_bytes', 'Swap of the machine.', node.swapBytes),
    gauge('swap_free_bytes', 'Swap that is free.', node.swapFreeBytes),
    {
      name: 'vastrox_node_oom_kills',
      help: 'Times the kernel ended something for want of memory.',
      type: 'counter',
      samples: [{ labels: { node: name }, value: node.oomKills }],
    },
    gauge('processes', 'Processes of the machine.', node.processes),
    ...diskFamilies(node, name),
    ...networkFamilies(node, name),
    {
      name: 'vastrox_process_cpu_seconds',
      help: 'Processor time that a process of Vastrox itself has used.',
      type: 'counter',
      samples: platform.map((one) => ({
        labels: { process: one.name },
        value: one.cpuUsec / USEC,
      })),
    },
    {
      name: 'vastrox_process_resident_memory_bytes',
      help: 'Resident memory of a process of Vastrox itself.',
      type: 'gauge',
      samples: platform.map((one) => ({
        labels: { process: one.name },
        value: one.residentBytes,
      })),
    },
    {
      name: 'vastrox_process_open_fds',
      help: 'Open files and sockets of a process of Vastrox itself.',
      type: 'gauge',
      samples: platform.map((one) => ({ labels: { process: one.name }, value: one.descriptors })),
    },
  ]
}

function diskFamilies({ disks }: NodeSample, name: string): Family[] {
  const family = (
    metric: string,
    help: string,
    type: 'counter' | 'gauge',
    of: (disk: NodeSample['disks'][number]) => number,
  ): Family => ({
    name: `vastrox_disk_${metric}`,
    help,
    type,
    samples: disks.map((disk) => ({ labels: { node: name, disk: disk.holds }, value: of(disk) })),
  })
  return [
    family('size_bytes', 'Size of the file system.', 'gauge', ({ bytes }) => bytes),
    family('available_bytes', 'Still free.', 'gauge', ({ availableBytes }) => availableBytes),
    family('inodes', 'Inodes of the file system.', 'gauge', ({ inodes }) => inodes),
    family('inodes_free', 'Inodes that are free.', 'gauge', (disk) => disk.availableInodes),
    family('read_bytes', 'Bytes read.', 'counter', ({ readBytes }) => readBytes),
    family('written_bytes', 'Bytes written.', 'counter', ({ writtenBytes }) => writtenBytes),
    family('busy_seconds', 'Time in which it was busy.', 'counter', ({ ioMs }) => ioMs / 1_000),
  ]
}

function networkFamilies({ networks }: NodeSample, name: string): Family[] {
  const family = (
    metric: string,
    help: string,
    of: (one: NodeSample['networks'][number]) => number,
  ): Family => ({
    name: `vastrox_network_${metric}`,
    help,
    type: 'counter',
    samples: networks.map((one) => ({
      labels: { node: name, interface: one.name },
      value: of(one),
    })),
  })
  return [
    family('received_bytes', 'Bytes received.', ({ receivedBytes }) => receivedBytes),
    family('sent_bytes', 'Bytes sent.', ({ sentBytes }) => sentBytes),
    family('errors', 'Errors of both directions.', ({ errors }) => errors),
    family('dropped_packets', 'Packets dropped, of both directions.', ({ drops }) => drops),
  ]
}
