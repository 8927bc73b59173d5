import { type ConfigEntry, type ConfigShape, configShape } from '@vastrox/shared/config-shape.ts'
import { AddLogDrain, ChangeLogDrain, type LogDrain } from '@vastrox/shared/log-drain.ts'
import { byName } from '#core/config-file/named.ts'
import {
  type ConfigSection,
  oneByOne,
  pick,
  type SectionPlace,
  without,
} from '#core/config-file/section.ts'
import { notCompared } from '#core/config-file/settings-of-kinds.ts'
import type { LoadDrains } from '#core/drains/drain-parts.ts'
import { isHttpTarget, shownTarget } from '#lib/drain-target.ts'

const bare = configShape({
  ...ChangeLogDrain.shape,
  kind: AddLogDrain.shape.kind,
  format: AddLogDrain.shape.format,
})
const shape: ConfigShape = {
  schema: bare.schema,
  write: (entry) => bare.write(without(entry, 'hasSecret')),
}

/** Where logs are sent on to, of the team or of one app; each by its address. */
export function logDrainsSection(load: LoadDrains): ConfigSection {
  async function all({ actor, app }: SectionPlace): Promise<Map<string, LogDrain>> {
    const drains = await load()
    return byName(
      drains.list(actor).filter((drain) => (drain.app ?? '') === app),
      ({ target }) => target,
    )
  }
  const idOf = async (place: SectionPlace, name: string): Promise<string> =>
    (await all(place)).get(name)?.id ?? ''
  return {
    name: 'logDrains',
    isSingle: false,
    names: AddLogDrain.shape.target,
    shape,
    usual: { isOn: true, format: 'ndjson' },
    required: ['kind'],
    fixed: ['kind', 'format'],
    // Nobody is shown them: they are used where a drain is made.
    ignored: ['secret', 'caPem'],
    async read(place) {
      return Object.fromEntries(
        [...(await all(place))].map(([target, drain]) => [
          target,
          pick(drain, ['kind', 'format', 'isOn', 'hasSecret']),
        ]),
      )
    },
    commentOf: ({ hasSecret }: ConfigEntry) =>
      hasSecret === true ? 'Not written: secret' : undefined,
    noteOf: (target, said) =>
      notCompared(
        shownTarget(target),
        ['secret', 'caPem'].filter((field) => said[field] != null),
        'vastrox drains:change <id>, with the id that vastrox drains shows',
      ),
    hides: (_entry, field) => field === 'secret',
    // Nobody is shown the keys that some services want in an address.
    shownName: (target) =>
      isHttpTarget(target) && !target.includes('…') ? shownTarget(target) : target,
    refuse: (_said, before, target) =>
      before === undefined && target.includes('…')
        ? 'It is not there yet, and its address is not whole in the file: write it with its key.'
        : undefined,
    make: oneByOne({
      async create({ actor, app }, { name, after, file }) {
        const drains = await load()
        const secrets = pick(file, ['secret', 'caPem'])
        const wish = { ...after, ...secrets, target: name, app: app === '' ? null : app }
        const { id } = await drains.add(actor, AddLogDrain.parse(wish))
        if (after['isOn'] === false) await drains.change(actor, id, { isOn: false })
      },
      change: async (place, { name, said }) =>
        (await load()).change(place.actor, await idOf(place, name), ChangeLogDrain.parse(said)),
      remove: async (place, { name }) =>
        (await load()).remove(place.actor, await idOf(place, name)),
    }),
  }
}
