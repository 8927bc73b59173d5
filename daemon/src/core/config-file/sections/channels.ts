import { AddChannel, ChangeChannel } from '@vastrox/shared/channel.ts'
import { configShape, isEntry } from '@vastrox/shared/config-shape.ts'
import type { LoadChannels } from '#core/channels/channel-parts.ts'
import { byName } from '#core/config-file/named.ts'
import { type ConfigSection, oneByOne, pick, type SectionPlace } from '#core/config-file/section.ts'
import { createSettingsOfKinds } from '#core/config-file/settings-of-kinds.ts'

/** Where notifications are sent. */
export function channelsSection(load: LoadChannels): ConfigSection {
  const kinds = createSettingsOfKinds('vastrox channels:change')
  const all = async ({ actor }: SectionPlace) =>
    byName((await load()).list(actor), ({ name }) => name)
  const idOf = async (place: SectionPlace, name: string): Promise<string> =>
    (await all(place)).get(name)?.id ?? ''
  return {
    name: 'channels',
    comment:
      'Secrets of a channel are not written: settings such as `url: ${NAME}` make a new one.',
    isSingle: false,
    names: AddChannel.shape.name.unwrap(),
    shape: configShape({
      ...ChangeChannel.omit({ name: true }).shape,
      kind: AddChannel.shape.kind,
    }),
    usual: { minSeverity: 'warning', withDeployments: false, apps: null, isOn: true },
    partial: ['settings'],
    required: ['kind'],
    fixed: ['kind'],
    async read(place) {
      kinds.know((await load()).kinds(place.actor))
      return Object.fromEntries(
        [...(await all(place))].map(([name, channel]) => [name, pick(channel, FIELDS)]),
      )
    },
    comparable: kinds.comparable,
    commentOf: kinds.commentOf,
    noteOf: kinds.noteOf,
    hides: kinds.hides,
    make: oneByOne({
      async create({ actor }, { name, after }) {
        const { id } = (await load()).add(actor, AddChannel.parse({ settings: {}, ...after, name }))
        if (after['isOn'] === false) (await load()).change(actor, id, { isOn: false })
      },
      async change(place, { name, said, file }) {
        const settings = isEntry(said['settings']) ? { settings: file['settings'] } : {}
        const wish = ChangeChannel.parse({ ...said, ...settings })
        return (await load()).change(place.actor, await idOf(place, name), wish)
      },
      remove: async (place, { name }) =>
        (await load()).remove(place.actor, await idOf(place, name)),
    }),
  }
}
const FIELDS = ['kind', 'settings', 'minSeverity', 'withDeployments', 'apps', 'isOn']
