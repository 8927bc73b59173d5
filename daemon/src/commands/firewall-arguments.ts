import { Cidr, PortRange } from '@vastrox/shared/firewall-rule.ts'
import { type Arguments, textOption, UsageError } from '#commands/command.ts'

export const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** `5432/tcp`, `8000-8100`, `53/udp`, `25565/any`, `80,443`, `all`, `icmp`. */
export function portsOf(text: string): {
  protocol: 'tcp' | 'udp' | 'icmp' | 'any'
  ports: string[]
} {
  if (text === 'all') return { protocol: 'any', ports: [] }
  if (text === 'icmp') return { protocol: 'icmp', ports: [] }
  const [ports = '', protocol = 'tcp'] = text.split('/')
  if (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'any')
    throw new UsageError('A port is over tcp, udp or any: 5432/tcp.')
  return { protocol, ports: listOf(ports).map((one) => parsed(PortRange, one)) }
}

/** `10.0.0.5:5432`, `10.1.0.0/16`, `[2001:db8::1]:443`. */
export function destinationOf(text: string) {
  const [, bracketed, afterBracket] = /^\[(.+)\](?::([0-9-]+))?$/.exec(text) ?? []
  const [, short, afterShort] = /^([0-9./]+):([0-9-]+)$/.exec(text) ?? []
  const port = afterBracket ?? afterShort
  const ports = port === undefined ? [] : [parsed(PortRange, port)]
  const cidr = parsed(Cidr, bracketed ?? short ?? text)
  return { cidr, protocol: port === undefined ? ('any' as const) : ('tcp' as const), ports }
}

const SECONDS: Record<string, number> = { s: 1, m: 60, min: 60, h: 3_600, d: 86_400, w: 604_800 }

/** `90s`, `30m`, `2h`, `7d`. */
export function secondsOf(text: string): number {
  const [, count, unit = ''] = /^([0-9]{1,6})(s|m|min|h|d|w)$/.exec(text) ?? []
  const seconds = Number(count) * (SECONDS[unit] ?? Number.NaN)
  if (!(seconds >= 60 && seconds <= 366 * 86_400))
    throw new UsageError('How long: 30m, 2h or 7d; a minute at least, a year at most.')
  return seconds
}

export function switchOption(args: Arguments, name: string): boolean | undefined {
  const text = textOption(args, name)
  if (text === undefined) return undefined
  if (text !== 'on' && text !== 'off') throw new UsageError(`--${name} takes on or off.`)
  return text === 'on'
}

/** What a word of the command line says, or the first thing that is wrong with it. */
export function parsed<Value>(
  schema: {
    safeParse(input: unknown): { data?: Value; error?: { issues: { message: string }[] } }
  },
  input: unknown,
): Value {
  const { data, error } = schema.safeParse(input)
  if (data === undefined) throw new UsageError(error?.issues[0]?.message ?? 'That is not valid.')
  return data
}
