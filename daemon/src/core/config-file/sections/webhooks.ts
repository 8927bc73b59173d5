import { type ConfigEntry, configShape } from '@vastrox/shared/config-shape.ts'
import {
  AddOutgoingWebhook,
  ChangeOutgoingWebhook,
  type OutgoingWebhook,
} from '@vastrox/shared/outgoing-webhook.ts'
import { byName } from '#core/config-file/named.ts'
import { type ConfigSection, oneByOne, type SectionPlace } from '#core/config-file/section.ts'
import type { OutgoingWebhookService } from '#core/outgoing-webhooks/outgoing-webhook-service.ts'
import { shownTarget } from '#lib/drain-target.ts'

/** Some services have their key in the path. */
const hasKey = ({ url }: ConfigEntry): boolean =>
  typeof url === 'string' && shownTarget(url) !== new URL(url).href

/** Addresses that are told what happens, of the team or of one app. */
export function webhooksSection(
  webhooks: Pick<OutgoingWebhookService, 'list' | 'add' | 'change' | 'remove'>,
): ConfigSection {
  const all = ({ actor, app }: SectionPlace): Map<string, OutgoingWebhook> =>
    byName(
      webhooks.list(actor).filter((webhook) => (webhook.app ?? '') === app),
      ({ name }) => name,
    )
  const idOf = (place: SectionPlace, name: string): string => all(place).get(name)?.id ?? ''
  return {
    name: 'webhooks',
    comment: 'The secret of a new one is had by renewing it in the dashboard, or by the API.',
    isSingle: false,
    names: AddOutgoingWebhook.shape.name.unwrap(),
    shape: configShape(ChangeOutgoingWebhook.omit({ name: true }).shape),
    usual: { isOn: true },
    required: ['url', 'events'],
    async read(place) {
      return Object.fromEntries(
        [...all(place)].map(([name, { url, events, state }]) => [
          name,
          { url, events, isOn: state !== 'off' },
        ]),
      )
    },
    commentOf: (entry) => (hasKey(entry) ? 'Not written: url, which has a key in it' : undefined),
    leavesOut: (entry) => (hasKey(entry) ? ['url'] : []),
    hides: (entry, field) => field === 'url' && hasKey(entry),
    make: oneByOne({
      async create({ actor, app }, { name, after }) {
        const wish = { ...after, name, app: app === '' ? null : app }
        const { webhook } = await webhooks.add(actor, AddOutgoingWebhook.parse(wish))
        if (after['isOn'] === false) await webhooks.change(actor, webhook.id, { isOn: false })
      },
      change: (place, { name, said }) =>
        webhooks.change(place.actor, idOf(place, name), ChangeOutgoingWebhook.parse(said)),
      remove: (place, { name }) => webhooks.remove(place.actor, idOf(place, name)),
    }),
  }
}
