import {
  type ShownTrustedProxies,
  TrustedProxies,
  TrustedProxyPreset,
} from '@vastrox/shared/trusted-proxies.ts'
import { type Command, UsageError } from '#commands/command.ts'
import { parsed } from '#commands/firewall-arguments.ts'
import { plain, show } from '#commands/output.ts'

const NAMES = new Set<string>(TrustedProxyPreset.options)

export const trustedProxyCommands: readonly Command[] = [
  {
    name: 'trusted-proxies',
    usage: '',
    summary: 'Proxies in front of this server that are believed about who a visitor is',
    permission: 'node.read',
    takes: [0, 0],
    async run(context) {
      const proxies = context.trustedProxies.get(context.actor)
      await show(context, proxies, () => textOf(proxies))
    },
  },
  {
    name: 'trusted-proxies:set',
    usage: '[cloudflare] [loopback] [network …] | --none',
    summary: 'Say which ones; loopback is a reverse proxy on this machine',
    permission: 'node.change',
    options: { none: { type: 'boolean' } },
    takes: [0, 200],
    async run(context, args) {
      const words = args.positionals
      if ((words.length === 0) !== (args.options['none'] === true))
        throw new UsageError('Name the networks, or say --none.')
      const wish = parsed(TrustedProxies, {
        presets: words.filter((word) => NAMES.has(word)),
        ranges: words.filter((word) => !NAMES.has(word)),
      })
      const proxies = await context.trustedProxies.set(context.actor, wish)
      await show(context, proxies, () => textOf(proxies))
    },
  },
]

function textOf({ presets, ranges, asOf }: ShownTrustedProxies): string {
  const named = presets.map((name) =>
    asOf[name] === undefined ? name : `${name} (its networks as of ${asOf[name]})`,
  )
  const lines = [...named, ...ranges]
  if (lines.length === 0) return 'None: visitors are whoever is at the other end of the line.\n'
  return lines.map((line) => `${plain(line)}\n`).join('')
}
