import {
  AddOutgoingWebhook,
  OUTGOING_EVENT_WORDS,
  type OutgoingDelivery,
  type OutgoingWebhook,
  isOfTeam,
  SubscribedEvent,
} from '@vastrox/shared/outgoing-webhook.ts'
import {
  type Command,
  numberOption,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { facts, show, table } from '#commands/output.ts'

const DEFAULT_LISTED = 50
const ALL = 'all'
const permission = 'webhook.manage'

/** Webhooks that go out; `webhooks` are those that come in from Git hosts. */
export const outgoingWebhookCommands: readonly Command[] = [
  {
    name: 'hooks',
    aliases: ['hooks:list'],
    usage: '',
    summary: 'List the addresses that are told of events',
    permission,
    takes: [0, 0],
    async run(context) {
      const webhooks = context.outgoingWebhooks.list(context.actor)
      await show(context, webhooks, () =>
        webhooks.length === 0
          ? 'None. vastrox hooks:add https://hooks.example.com/vastrox --events deployment.live,deployment.failed\n'
          : tableOf(webhooks),
      )
    },
  },
  {
    name: 'hooks:events',
    usage: '',
    summary: 'What an address can be told of',
    permission,
    takes: [0, 0],
    async run(context) {
      const events = SubscribedEvent.options
      await show(context, events, () =>
        facts(events.map((event) => [event, OUTGOING_EVENT_WORDS[event]] as const)),
      )
    },
  },
  {
    name: 'hooks:add',
    usage: '<https address> --events deployment.live,…|all [--app blog] [--name ops]',
    summary: 'Tell an address of events; prints the secret they are signed with',
    permission,
    options: { events: { type: 'string' }, app: { type: 'string' }, name: { type: 'string' } },
    takes: [1, 1],
    async run(context, args) {
      const wish = AddOutgoingWebhook.safeParse({
        url: positional(args, 0),
        events: eventsOf(textOption(args, 'events') ?? ALL, textOption(args, 'app') !== undefined),
        app: textOption(args, 'app') ?? null,
        name: textOption(args, 'name'),
      })
      if (!wish.success) throw new UsageError(wish.error.issues[0]?.message ?? 'It is not valid.')
      const created = await context.outgoingWebhooks.add(context.actor, wish.data)
      await show(context, created, () => secretText(created.webhook, created.webhookSecret))
    },
  },
  {
    name: 'hooks:change',
    usage: '<id> [--events …] [--url …] [--name …]',
    summary: 'Change what an address is told, or the address',
    permission,
    options: { events: { type: 'string' }, url: { type: 'string' }, name: { type: 'string' } },
    takes: [1, 1],
    async run(context, args) {
      const [events, url, name] = ['events', 'url', 'name'].map((each) => textOption(args, each))
      const id = positional(args, 0)
      const before = context.outgoingWebhooks.list(context.actor).find((each) => each.id === id)
      const wish = AddOutgoingWebhook.partial().safeParse({
        ...(events === undefined ? {} : { events: eventsOf(events, before?.app !== null) }),
        ...(url === undefined ? {} : { url }),
        ...(name === undefined ? {} : { name }),
      })
      if (!wish.success) throw new UsageError(wish.error.issues[0]?.message ?? 'It is not valid.')
      const { app: _, ...changes } = wish.data
      const webhook = await context.outgoingWebhooks.change(context.actor, id, changes)
      await show(context, webhook, () => tableOf([webhook]))
    },
  },
  {
    name: 'hooks:enable',
    usage: '<id>',
    summary: 'Switch an outgoing webhook on again; what failed is forgiven',
    permission,
    takes: [1, 1],
    async run(context, args) {
      const id = positional(args, 0)
      const webhook = await context.outgoingWebhooks.change(context.actor, id, { isOn: true })
      await show(context, webhook, () => 'Switched on.\n')
    },
  },
  {
    name: 'hooks:disable',
    usage: '<id>',
    summary: 'Switch an outgoing webhook off; what waits is not sent',
    permission,
    takes: [1, 1],
    async run(context, args) {
      const id = positional(args, 0)
      const webhook = await context.outgoingWebhooks.change(context.actor, id, { isOn: false })
      await show(context, webhook, () => 'Switched off.\n')
    },
  },
  {
    name: 'hooks:remove',
    aliases: ['hooks:destroy'],
    usage: '<id>',
    summary: 'Tell an address nothing more',
    permission,
    takes: [1, 1],
    async run(context, args) {
      const id = positional(args, 0)
      context.outgoingWebhooks.remove(context.actor, id)
      await show(context, { removed: id }, () => 'Removed.\n')
    },
  },
  {
    name: 'hooks:secret',
    usage: '<id>',
    summary: 'Make another secret; for a day both sign',
    permission,
    takes: [1, 1],
    async run(context, args) {
      const renewed = context.outgoingWebhooks.renewSecret(context.actor, positional(args, 0))
      await show(context, renewed, () => secretText(renewed.webhook, renewed.webhookSecret))
    },
  },
  {
    name: 'hooks:test',
    usage: '<id>',
    summary: 'Send a test; hooks:deliveries shows what came of it',
    permission,
    takes: [1, 1],
    async run(context, args) {
      const delivery = context.outgoingWebhooks.test(context.actor, positional(args, 0))
      await show(context, delivery, () => `On its way: ${delivery.id}\n`)
    },
  },
  {
    name: 'hooks:deliveries',
    usage: '<id> [<delivery>] [--limit 50]',
    summary: 'What was sent and what the other side said; one with its body and every try',
    permission,
    options: { limit: { type: 'string' } },
    takes: [1, 2],
    async run(context, args) {
      const { outgoingWebhooks, actor } = context
      const id = positional(args, 0)
      const [, deliveryId] = args.positionals
      if (deliveryId !== undefined) {
        const delivery = outgoingWebhooks.getDelivery(actor, id, deliveryId)
        await show(context, delivery, () =>
          [
            facts([
              ['Event', delivery.event],
              ['Id', delivery.eventId],
              ['State', delivery.state],
              ['Next try', delivery.nextAttemptAt ?? '-'],
              ['Body', delivery.request.body],
            ]),
            table(
              ['At', 'Answer', 'Took', 'Why', 'What it said'],
              delivery.tries.map(({ at, status, durationMs, reason, answer }) => [
                at,
                status === null ? '-' : String(status),
                `${durationMs} ms`,
                reason ?? 'taken',
                answer,
              ]),
            ),
          ].join('\n'),
        )
        return
      }
      const limit = Math.min(200, numberOption(args, 'limit', 1) ?? DEFAULT_LISTED)
      const { items } = outgoingWebhooks.listDeliveries(actor, id, { limit })
      await show(context, items, () => deliveryTable(items))
    },
  },
  {
    name: 'hooks:redeliver',
    usage: '<id> <delivery>',
    summary: 'Send an event once more',
    permission,
    takes: [2, 2],
    async run(context, args) {
      const [id, deliveryId] = [positional(args, 0), positional(args, 1)]
      const delivery = context.outgoingWebhooks.redeliver(context.actor, id, deliveryId)
      await show(context, delivery, () => `On its way: ${delivery.id}\n`)
    },
  },
]

/** `all` leaves out what an app's webhook is never told. */
function eventsOf(text: string, isOfApp: boolean): string[] {
  if (text !== ALL) return text.split(',').map((event) => event.trim())
  return SubscribedEvent.options.filter((event) => !isOfApp || !isOfTeam(event))
}

const secretText = ({ id, url }: OutgoingWebhook, secret: string): string =>
  facts([
    ['Id', id],
    ['Address', url],
    ['Secret', `${secret} (shown this once; checked as Standard Webhooks says)`],
  ])

const tableOf = (webhooks: readonly OutgoingWebhook[]): string =>
  table(
    ['Id', 'Name', 'State', 'Of', 'Waiting', 'Events', 'Address'],
    webhooks.map(({ id, name, state, reason, app, waiting, events, url }) => [
      id,
      name,
      reason === null ? state : `${state}: ${reason}`,
      app ?? 'all apps',
      String(waiting),
      events.length === SubscribedEvent.options.length ? ALL : events.join(' '),
      url,
    ]),
  )

const deliveryTable = (deliveries: readonly OutgoingDelivery[]): string =>
  table(
    ['Id', 'Created', 'Event', 'State', 'Tries', 'Next try', 'Last answer'],
    deliveries.map(({ id, createdAt, event, state, attempts, nextAttemptAt, lastAttempt }) => [
      id,
      createdAt,
      event,
      state,
      String(attempts),
      nextAttemptAt ?? '-',
      lastAttempt === null ? '-' : (lastAttempt.reason ?? String(lastAttempt.status)),
    ]),
  )
