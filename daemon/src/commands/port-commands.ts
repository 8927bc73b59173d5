import {
  type AppPort,
  ChangeAppPort,
  CreateAppPort,
  PortPolicy,
  PortProtocol,
  portNameOf,
} from '@vastrox/shared/app-port.ts'
import { PortRange } from '@vastrox/shared/firewall-rule.ts'
import {
  type Arguments,
  type Command,
  numberOption,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { listOf, parsed } from '#commands/firewall-arguments.ts'
import { plain, show, table } from '#commands/output.ts'

const SETTINGS = {
  to: { type: 'string' },
  process: { type: 'string' },
  from: { type: 'string' },
  rate: { type: 'string' },
  connections: { type: 'string' },
  udp: { type: 'string' },
} as const
const SETTINGS_USAGE =
  '[--to 25565] [--process web] [--from any|203.0.113.0/24,…] [--rate 50|none] [--connections 256|none] [--udp end|finish]'

export const portCommands: readonly Command[] = [
  {
    name: 'ports',
    aliases: ['ports:list'],
    usage: '<app>',
    summary: 'TCP and UDP ports of the server that lead to an app',
    permission: 'app.read',
    takes: [1, 1],
    async run(context, args) {
      const found = await context.ports.list(context.actor, positional(args, 0))
      await show(context, found, () =>
        found.ports.length === 0
          ? `None. vastrox ports:add ${positional(args, 0)} 25565/tcp publishes one; allowed: ${found.allowed.join(', ') || 'none'}.\n`
          : textOf(found.ports),
      )
    },
  },
  {
    name: 'ports:add',
    usage: `<app> <25565/tcp> ${SETTINGS_USAGE}`,
    summary: 'Publish a port of the server, or a range such as 27015-27030/udp, for an app',
    permission: 'port.publish',
    options: SETTINGS,
    takes: [2, 2],
    async run(context, args) {
      const place = placeOf(positional(args, 1))
      const wish = parsed(CreateAppPort, { ...place, ...settingsOf(args) })
      const port = await context.ports.add(context.actor, positional(args, 0), wish)
      await show(context, port, () => `${sayOpen(port)}\n`)
    },
  },
  {
    name: 'ports:set',
    usage: `<app> <25565/tcp> ${SETTINGS_USAGE}`,
    summary: 'Change who may use a port, its limits, and where it leads',
    permission: 'port.publish',
    options: SETTINGS,
    takes: [2, 2],
    async run(context, args) {
      const settings = settingsOf(args)
      if (Object.keys(settings).length === 0) throw new UsageError('Say what is to change.')
      const port = await context.ports.change(
        context.actor,
        positional(args, 0),
        nameOf(positional(args, 1)),
        parsed(ChangeAppPort, settings),
      )
      await show(context, port, () => `${sayOpen(port)}\n`)
    },
  },
  {
    name: 'ports:remove',
    usage: '<app> <25565/tcp>',
    summary: 'Close a port; whoever is connected over it is cut off',
    permission: 'port.publish',
    takes: [2, 2],
    async run(context, args) {
      const name = nameOf(positional(args, 1))
      await context.ports.remove(context.actor, positional(args, 0), name)
      await show(context, { removed: name }, () => 'Closed.\n')
    },
  },
  {
    name: 'ports:policy',
    usage: '',
    summary: 'Which ports of the server apps may have',
    permission: 'node.read',
    takes: [0, 0],
    async run(context) {
      const policy = context.ports.getPolicy(context.actor)
      await show(context, policy, () => sayPolicy(policy))
    },
  },
  {
    name: 'ports:policy:set',
    usage: '[--ranges 1024-65535,53|none] [--per-team 200]',
    summary: 'Say which ports apps may have; those that they have stay',
    permission: 'node.change',
    options: { ranges: { type: 'string' }, 'per-team': { type: 'string' } },
    takes: [0, 0],
    async run(context, args) {
      const before = context.ports.getPolicy(context.actor)
      const ranges = textOption(args, 'ranges')
      const policy = context.ports.setPolicy(
        context.actor,
        parsed(PortPolicy, {
          ranges: ranges === undefined ? before.ranges : ranges === 'none' ? [] : listOf(ranges),
          perTeam: numberOption(args, 'per-team') ?? before.perTeam,
        }),
      )
      await show(context, policy, () => sayPolicy(policy))
    },
  },
]

/** `25565/tcp`, `27015-27030/udp`. */
function placeOf(text: string): { ports: string; protocol: PortProtocol } {
  const [ports = '', protocol] = text.split('/')
  if (protocol === undefined) throw new UsageError('Say tcp or udp behind the port: 25565/tcp.')
  return { ports: parsed(PortRange, ports), protocol: parsed(PortProtocol, protocol) }
}

function nameOf(text: string): string {
  const { ports, protocol } = placeOf(text)
  return portNameOf(ports, protocol)
}

/** Only what was said. */
function settingsOf(args: Arguments): Record<string, unknown> {
  const from = textOption(args, 'from')
  const process = textOption(args, 'process')
  const oldFlows = textOption(args, 'udp')
  const to = numberOption(args, 'to', 1)
  return {
    ...(to === undefined ? {} : { to }),
    ...(process === undefined ? {} : { process }),
    ...(from === undefined ? {} : { sources: from === 'any' ? [] : listOf(from) }),
    ...limitOf(args, 'rate', 'newPerSecond'),
    ...limitOf(args, 'connections', 'connections'),
    ...(oldFlows === undefined ? {} : { oldFlows }),
  }
}

function limitOf(args: Arguments, option: string, key: string): Record<string, number | null> {
  const text = textOption(args, option)
  if (text === undefined) return {}
  return { [key]: text === 'none' ? null : (numberOption(args, option, 1) ?? null) }
}

const textOf = (ports: readonly AppPort[]): string =>
  table(
    ['Port', 'Leads to', 'From', 'Each source', 'Connections', 'Refused', 'In', 'Out', ''],
    ports.map((port) => [
      `${port.ports}/${port.protocol}`,
      `${port.process}:${port.to} (${port.instances})`,
      port.sources.join(' ') || 'any',
      sayLimits(port),
      port.traffic ? String(port.traffic.connections) : '-',
      port.traffic ? String(port.traffic.refused) : '-',
      port.traffic ? sayBytes(port.traffic.bytesIn) : '-',
      port.traffic ? sayBytes(port.traffic.bytesOut) : '-',
      port.problem ?? '',
    ]),
  )

const sayLimits = ({ newPerSecond, connections }: AppPort): string =>
  `${newPerSecond === null ? 'any' : newPerSecond}/s, ${connections === null ? 'any' : connections} at once`

function sayBytes(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`
  if (bytes < 2 ** 20) return `${Math.round(bytes / 1_024)} KB`
  return bytes < 2 ** 30
    ? `${(bytes / 2 ** 20).toFixed(1)} MB`
    : `${(bytes / 2 ** 30).toFixed(1)} GB`
}

const sayOpen = ({ protocol, address, process, to, problem }: AppPort): string =>
  [
    `${address}/${protocol} leads to ${process}:${to}.`,
    ...(problem === null ? [] : [`Nobody answers there yet: ${problem}`]),
  ]
    .map(plain)
    .join('\n')

const sayPolicy = ({ ranges, perTeam }: PortPolicy): string =>
  `Apps may have: ${ranges.join(', ') || 'no ports'}\nAt most ${perTeam} ports a team.\n`
