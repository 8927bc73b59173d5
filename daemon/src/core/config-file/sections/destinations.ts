import { ChangeDestination, CreateDestination, DestinationName } from '@vastrox/shared/backup.ts'
import { configShape, isEntry } from '@vastrox/shared/config-shape.ts'
import type { LoadBackups } from '#core/backups/backup-services.ts'
import { type ConfigSection, oneByOne, pick } from '#core/config-file/section.ts'
import { createSettingsOfKinds } from '#core/config-file/settings-of-kinds.ts'

/** Where backups are kept. */
export function destinationsSection(load: LoadBackups): ConfigSection {
  const kinds = createSettingsOfKinds('vastrox destinations:change')
  return {
    name: 'destinations',
    comment:
      'What opens a destination is not written: settings such as `password: ${NAME}` make a new one.',
    isSingle: false,
    names: DestinationName,
    shape: configShape(CreateDestination.omit({ name: true }).shape),
    usual: { isDefault: false, uploadLimitKib: null },
    partial: ['settings'],
    required: ['kind', 'settings'],
    fixed: ['kind'],
    isKept: 'what is there is opened by its key',
    async read({ actor }) {
      const { destinations } = await load()
      const all = destinations.list(actor)
      kinds.know(destinations.kinds(actor))
      return Object.fromEntries(all.map((each) => [each.name, pick(each, FIELDS)]))
    },
    comparable: kinds.comparable,
    commentOf: kinds.commentOf,
    noteOf: kinds.noteOf,
    hides: kinds.hides,
    make: oneByOne({
      create: async ({ actor }, { name, after }) =>
        (await load()).destinations.create(actor, CreateDestination.parse({ ...after, name })),
      change: async ({ actor }, { name, said, file }) => {
        const settings = isEntry(said['settings']) ? { settings: file['settings'] } : {}
        const wish = ChangeDestination.parse({ ...said, ...settings })
        return (await load()).destinations.change(actor, name, wish)
      },
    }),
  }
}
const FIELDS = ['kind', 'settings', 'isDefault', 'uploadLimitKib']
