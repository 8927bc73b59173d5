import { AddDnsProvider } from '@vastrox/shared/certificate.ts'
import { type Command, positional, UsageError } from '#commands/command.ts'
import { show, table } from '#commands/output.ts'

export const dnsProviderCommands: readonly Command[] = [
  {
    name: 'dns-providers',
    aliases: ['dns-providers:list'],
    usage: '',
    summary: 'Who makes the DNS records that wildcards are proven by',
    permission: 'node.read',
    takes: [0, 0],
    async run(context) {
      const list = context.dnsProviders.list(context.actor)
      await show(context, list, () =>
        [
          list.providers.length === 0
            ? 'No zone has a provider.\n'
            : table(
                ['zone', 'type', 'settings'],
                list.providers.map(({ zone, type, settings }) => [
                  zone,
                  type,
                  Object.entries(settings)
                    .map(([name, value]) => `${name}=${value}`)
                    .join(' '),
                ]),
              ),
          '\nThere are:\n',
          table(
            ['type', 'what', 'settings'],
            list.kinds.map(({ type, title, settings }) => [
              type,
              title,
              Object.keys(propertiesOf(settings)).join(' '),
            ]),
          ),
        ].join(''),
      )
    },
  },
  {
    name: 'dns-providers:add',
    usage: '<zone> <type> [setting=value …] [--secret-stdin < secret]',
    summary: 'Prove names of a zone by its DNS, wildcards too; it is tried out at once',
    permission: 'node.change',
    options: { 'secret-stdin': { type: 'boolean' } },
    takes: [2, 12],
    async run(context, args) {
      const type = positional(args, 1)
      const settings = Object.fromEntries(
        args.positionals.slice(2).map((word) => {
          const [, name, value] = /^([A-Za-z]+)=(.*)$/s.exec(word) ?? []
          if (name === undefined || value === undefined)
            throw new UsageError(`${word} is not like setting=value.`)
          return [name, value]
        }),
      )
      const kind = context.dnsProviders.list(context.actor).kinds.find((each) => each.type === type)
      const [secret] = kind?.neverShown ?? []
      if (args.options['secret-stdin'] === true && secret !== undefined)
        settings[secret] = (context.stdin ?? '').trim()
      const wish = AddDnsProvider.safeParse({ zone: positional(args, 0), type, settings })
      if (!wish.success) throw new UsageError(wish.error.issues[0]?.message ?? 'That is not right.')
      const added = await context.dnsProviders.add(context.actor, wish.data)
      await show(
        context,
        added,
        () => `Names of ${added.zone} are proven by its DNS from now on.\n`,
      )
    },
  },
  {
    name: 'dns-providers:test',
    usage: '<zone>',
    summary: 'Make a record in the zone, and remove it again',
    permission: 'node.change',
    takes: [1, 1],
    async run(context, args) {
      const info = await context.dnsProviders.test(context.actor, positional(args, 0))
      await show(context, info, () => `A record was made in ${info.zone} and removed again.\n`)
    },
  },
  {
    name: 'dns-providers:remove',
    usage: '<zone>',
    summary: 'Make no more records in the zone; its wildcards are not renewed then',
    permission: 'node.change',
    takes: [1, 1],
    async run(context, args) {
      const zone = positional(args, 0)
      context.dnsProviders.remove(context.actor, zone)
      await show(context, { zone }, () => `No more records are made in ${zone}.\n`)
    },
  },
]

function propertiesOf(schema: Record<string, unknown>): object {
  const { properties } = schema
  return typeof properties === 'object' && properties !== null ? properties : {}
}
