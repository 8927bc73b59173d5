import { configShape } from '@vastrox/shared/config-shape.ts'
import {
  AddOutgoingWebhook,
  ChangeOutgoingWebhook,
  type OutgoingWebhook,
} from '@vastrox/shared/outgoing-webhook.ts'
import { byName } from '#core/config-file/named.ts'
import { type ConfigSection, oneByOne, type SectionPlace } from '#core/config-file/section.ts'
import type { OutgoingWebhookService } from '#core/outgoing-webhooks/outgoing-webhook-service.ts'

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
