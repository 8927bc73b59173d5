import type { Command } from '#commands/command.ts'
import { megabytes, show, table } from '#commands/output.ts'

export const nodeCommands: readonly Command[] = [
  {
    name: 'nodes',
    aliases: ['nodes:list'],
    usage: '',
    summary: 'List the machines that instances run on',
    permission: 'node.read',
    takes: [0, 0],
    async run(context) {
      const nodes = await context.nodes.list()
      await show(context, nodes, () =>
        table(
          ['Name', 'Reachable', 'Engine', 'CPUs', 'Load', 'Memory free', 'Disk free'],
          nodes.map((node) => [
            node.name,
            node.reachable ? 'yes' : 'no',
            node.engineVersion ?? '-',
            String(node.cpus),
            node.loadAverage.toFixed(2),
            `${megabytes(node.memoryAvailableBytes)} of ${megabytes(node.memoryBytes)}`,
            `${megabytes(node.diskAvailableBytes)} of ${megabytes(node.diskBytes)}`,
          ]),
        ),
      )
    },
  },
]
